/// A day of the proleptic Gregorian calendar, in UTC. No locale and no time zone file is read.
///
/// Days are counted in eras of 400 years, which all have 146 097 days, and in years that begin in
/// March, so that the leap day is the last of its year.
package struct CivilDate: Hashable, Sendable {
    package let year: Int64
    /// 1 ... 12.
    package let month: Int64
    /// 1 ... 31.
    package let day: Int64

    /// - Returns: `nil` for a day that does not exist.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    package init(daysSinceEpoch days: Int64) {
        let sinceMarch0000 = days + 719_468
        let era = sinceMarch0000.flooredDivision(by: 146_097)
        let dayOfEra = sinceMarch0000.flooredRemainder(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    package var daysSinceEpoch: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.flooredDivision(by: 400)
        let yearOfEra = marchYear.flooredRemainder(by: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The same day of another month. Where that month has no such day it is the month's last:
    /// 31 January and a month is 28 or 29 February.
    ///
    /// Source: règlement (CEE, Euratom) 1182/71, article 3(2)(c).
    package func adding(months: Int64) -> CivilDate {
        let count = year * 12 + month - 1 + months
        let year = count.flooredDivision(by: 12)
        let month = count.flooredRemainder(by: 12) + 1
        return CivilDate(year, month, min(day, Self.days(in: month, of: year)))
    }

    /// 28 ... 31.
    package static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private init(_ year: Int64, _ month: Int64, _ day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }
}

extension Timestamp {
    /// The day on which this is, in UTC.
    package var date: CivilDate {
        CivilDate(daysSinceEpoch: microseconds.flooredDivision(by: 86_400_000_000))
    }

    /// The first instant of a day; held at ``earliest`` and ``latest``.
    package init(startOf date: CivilDate) {
        self.init(seconds: date.daysSinceEpoch * 86_400)
    }

    /// The same time of day so many calendar months later; see ``CivilDate/adding(months:)``.
    package func adding(months: Int64) -> Timestamp {
        Timestamp(startOf: date.adding(months: months)) + (self - Timestamp(startOf: date))
    }

    /// The first instant after the twelve months that end with `month` and hold this time.
    ///
    /// - Parameter month: 1 ... 12; with 12, the calendar year.
    package func endOfYear(endingIn month: Int64) -> Timestamp {
        let date = date
        let ahead = (month - date.month).flooredRemainder(by: 12) + 1
        let start = Timestamp(startOf: date) - .days(date.day - 1)
        return start.adding(months: ahead)
    }
}
