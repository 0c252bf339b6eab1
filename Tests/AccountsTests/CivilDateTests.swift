import Accounts
import Testing

private func time(_ text: String) -> Timestamp {
    guard let time = Timestamp(rfc3339: text) else {
        preconditionFailure("\(text) is no time")
    }
    return time
}

@Suite struct `Calendar arithmetic` {
    @Test(arguments: [
        ("2026-01-31T10:00:00Z", 1, "2026-02-28T10:00:00Z"),
        ("2028-01-31T10:00:00Z", 1, "2028-02-29T10:00:00Z"),
        ("2026-03-31T23:59:59Z", 1, "2026-04-30T23:59:59Z"),
        ("2026-01-30T00:00:00Z", 1, "2026-02-28T00:00:00Z"),
        ("2026-01-28T00:00:00Z", 1, "2026-02-28T00:00:00Z"),
        ("2028-02-29T12:00:00Z", 12, "2029-02-28T12:00:00Z"),
        ("2028-02-29T12:00:00Z", 48, "2032-02-29T12:00:00Z"),
        ("2096-02-29T12:00:00Z", 48, "2100-02-28T12:00:00Z"),
        ("1996-02-29T12:00:00Z", 48, "2000-02-29T12:00:00Z"),
        ("2026-12-31T23:59:59Z", 1, "2027-01-31T23:59:59Z"),
        ("2026-11-30T00:00:00Z", 3, "2027-02-28T00:00:00Z"),
        ("1969-12-31T23:59:59Z", 2, "1970-02-28T23:59:59Z"),
        ("2026-03-31T00:00:00Z", -1, "2026-02-28T00:00:00Z"),
        ("2026-01-15T00:00:00Z", -13, "2024-12-15T00:00:00Z"),
        ("2026-05-05T05:05:05Z", 0, "2026-05-05T05:05:05Z"),
    ])
    func `counts months, and ends on the last day of one that is too short`(
        from: String, months: Int64, to: String
    ) {
        #expect(time(from).adding(months: months).rfc3339() == to)
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", 12, "2027-01-01T00:00:00Z"),
        ("2026-12-31T23:59:59Z", 12, "2027-01-01T00:00:00Z"),
        ("2027-01-01T00:00:00Z", 12, "2028-01-01T00:00:00Z"),
        ("2026-06-30T23:59:59Z", 6, "2026-07-01T00:00:00Z"),
        ("2026-07-01T00:00:00Z", 6, "2027-07-01T00:00:00Z"),
        ("2028-02-29T23:59:59Z", 2, "2028-03-01T00:00:00Z"),
        ("2028-03-01T00:00:00Z", 2, "2029-03-01T00:00:00Z"),
        ("2026-12-15T00:00:00Z", 1, "2027-02-01T00:00:00Z"),
        ("1969-12-31T23:59:59Z", 12, "1970-01-01T00:00:00Z"),
    ])
    func `ends a year with the first instant after it`(from: String, month: Int64, to: String) {
        #expect(time(from).endOfYear(endingIn: month).rfc3339() == to)
    }

    @Test func `stays within the years that have a text`() {
        #expect(Timestamp.latest.adding(months: 1_200) == .latest)
        #expect(Timestamp.latest.endOfYear(endingIn: 12) == .latest)
        #expect(Timestamp.earliest.adding(months: -1_200) == .earliest)
    }

    @Test func `finds every day of four centuries again`() {
        var day = CivilDate(daysSinceEpoch: -719_528)
        for count in Int64(-719_528)...(-719_528 + 146_097) {
            let date = CivilDate(daysSinceEpoch: count)
            #expect(date.daysSinceEpoch == count)
            #expect(CivilDate(year: date.year, month: date.month, day: date.day) == date)
            if date.month == day.month { #expect(date.day >= day.day) }
            day = date
        }
        #expect(CivilDate(year: 2026, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2028, month: 2, day: 29) != nil)
        #expect(CivilDate(year: 1900, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2026, month: 13, day: 1) == nil)
        #expect(CivilDate(year: 2026, month: 0, day: 1) == nil)
        #expect(CivilDate(year: 2026, month: 1, day: 0) == nil)
    }
}

@Suite struct `A calendar period` {
    @Test(arguments: [
        ("1 month", 1), ("2 months", 2), ("18 months", 18), ("1 year", 12), ("10 years", 120),
        ("100 years", 1_200), ("1200 months", 1_200),
    ])
    func `is read from words`(text: String, months: Int64) {
        #expect(CalendarPeriod(parsing: text)?.months == months)
        #expect(
            CalendarPeriod(parsing: text).flatMap { CalendarPeriod(parsing: $0.text) }?.months
                == months)
    }

    @Test(arguments: [
        "", "1", "years", "0 years", "0 months", "1 years", "2 year", "2  years", " 2 years",
        "2 years ", "02 years", "-2 years", "+2 years", "2.5 years", "101 years", "1201 months",
        "99999 months", "2 Years", "2 days", "2\u{A0}years", "² years", "2 years 1 month",
    ])
    func `is refused otherwise`(text: String) {
        #expect(CalendarPeriod(parsing: text) == nil)
    }

    @Test func `has one to twelve hundred months`() {
        #expect(CalendarPeriod(months: 0) == nil)
        #expect(CalendarPeriod(months: 1)?.text == "1 month")
        #expect(CalendarPeriod(months: 1_200)?.text == "100 years")
        #expect(CalendarPeriod(months: 1_201) == nil)
        #expect(CalendarPeriod(months: 13)?.text == "13 months")
    }
}
