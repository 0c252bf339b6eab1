import Accounts
import Testing

private func time(_ text: String) -> Timestamp {
    guard let time = Timestamp(rfc3339: text) else {
        preconditionFailure("\(text) is no time")
    }
    return time
}

/// A whole retention file, of which tests replace or leave out parts.
struct RetentionText {
    var head = ["version": "3", "year_end_month": "12"]
    var unused = ["close_after": "\"2 years\"", "warn_days_before": "30", "basis": "\"b\""]
    var rules = RetentionCategory.allCases.map { rule($0) }

    static func rule(_ category: RetentionCategory) -> [String: String] {
        let months = category.lawfulMonths.upperBound
        return [
            "category": "\"\(category.rawValue)\"", "keep": "\"\(months) months\"",
            "start": "\"\(category.start.rawValue)\"", "basis": "\"the law\"",
            "effective_from": "\"2020-01-01\"", "effective_until": "null", "fields": "{}",
        ]
    }

    var bytes: [UInt8] {
        let table = rules.map { "{" + Self.members($0) + "}" }.joined(separator: ",\n")
        var all = head
        all["unused_accounts"] = "{" + Self.members(unused) + "}"
        all["categories"] = all["categories"] ?? "[" + table + "]"
        return Array(("{" + Self.members(all) + "}").utf8)
    }

    private static func members(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }

    func schedule() throws(RetentionFileError) -> RetentionSchedule {
        try RetentionSchedule(json5: bytes)
    }
}

@Suite struct `A retention schedule` {
    private func end(
        _ category: RetentionCategory, _ closedAt: String, yearEndMonth: Int = 12
    ) throws -> String {
        var text = RetentionText()
        text.head["year_end_month"] = String(yearEndMonth)
        let schedule = try text.schedule()
        return schedule.rule(for: category, at: time(closedAt)).eraseAfter(closedAt: time(closedAt))
            .rfc3339(.microseconds)
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", 12, "2037-01-01T00:00:00.000000Z"),
        ("2026-12-31T23:59:59.999999Z", 12, "2037-01-01T00:00:00.000000Z"),
        ("2027-01-01T00:00:00Z", 12, "2038-01-01T00:00:00.000000Z"),
        ("2026-03-31T23:59:59.999999Z", 3, "2036-04-01T00:00:00.000000Z"),
        ("2026-04-01T00:00:00Z", 3, "2037-04-01T00:00:00.000000Z"),
        ("2028-02-29T12:00:00Z", 2, "2038-03-01T00:00:00.000000Z"),
    ])
    func `counts accounting from the end of the year`(closed: String, month: Int, until: String)
        throws
    {
        #expect(try end(.accountingIdentity, closed, yearEndMonth: month) == until)
    }

    @Test func `counts the others from the closure`() throws {
        #expect(
            try end(.taxIdentity, "2028-02-29T12:00:00.5Z") == "2034-02-28T12:00:00.500000Z")
        #expect(
            try end(.taxIdentity, "2026-11-24T12:00:00Z") == "2032-11-24T12:00:00.000000Z")
        #expect(
            try end(.civilClaims, "2027-12-31T23:59:59Z") == "2032-12-31T23:59:59.000000Z")
        #expect(
            try end(.identifierTombstone, "2026-08-31T00:00:00Z") == "2031-08-31T00:00:00.000000Z")
    }

    @Test func `sweeps a log never early, and at most a day late`() throws {
        var text = RetentionText()
        let log = RetentionCategory.allCases.firstIndex(of: .securityLog)!  // it is a case
        for keep in ["6 months", "7 months", "12 months"] {
            text.rules[log]["keep"] = "\"\(keep)\""
            let rule = try text.schedule().rule(for: .securityLog, at: .epoch)
            var now = time("2027-01-01T00:00:00Z")
            for _ in 0..<(3 * 366 * 4) {
                now = now + .hours(6)
                let cut = rule.concludedBefore(now)
                #expect(rule.eraseAfter(closedAt: cut - .microseconds(1)) <= now)
                #expect(
                    rule.concludedBefore(rule.eraseAfter(closedAt: now) + .days(1)) >= now)
            }
        }
    }

    @Test func `follows the rule of the day of the closure`() throws {
        var text = RetentionText()
        let claims = RetentionCategory.allCases.firstIndex(of: .civilClaims)!  // it is a case
        text.rules[claims]["effective_until"] = "\"2027-01-01\""
        var next = RetentionText.rule(.civilClaims)
        next["effective_from"] = "\"2027-01-01\""
        next["keep"] = "\"2 years\""
        text.rules.append(next)
        let schedule = try text.schedule()
        let before = time("2026-12-31T23:59:59.999999Z")
        let after = time("2027-01-01T00:00:00Z")
        #expect(schedule.rule(for: .civilClaims, at: before).keeps.months == 60)
        #expect(schedule.rule(for: .civilClaims, at: after).keeps.months == 24)
        #expect(schedule.categories(closedAt: after).map(\.category) == RetentionCategory.allCases)
        // Older than every rule: the first.
        #expect(schedule.rule(for: .civilClaims, at: .epoch).keeps.months == 60)
        #expect(schedule.firstGap(at: time("2020-01-01T00:00:00Z")) == nil)
        #expect(
            schedule.firstGap(at: time("2019-12-31T23:59:59.999999Z"))?.category
                == .accountingIdentity)
    }

    @Test func `warns before it closes what nobody uses`() throws {
        let unused = try RetentionText().schedule().unused
        let used = time("2026-02-28T10:00:00Z")
        #expect(unused.closesAt(lastUsed: used).rfc3339() == "2028-02-28T10:00:00Z")
        #expect(unused.warnsAt(lastUsed: used).rfc3339() == "2028-01-29T10:00:00Z")
    }
}

@Suite struct `A retention file` {
    private func refusal(
        _ change: (inout RetentionText) -> Void
    ) -> RetentionFileError? {
        var text = RetentionText()
        change(&text)
        do {
            _ = try text.schedule()
            return nil
        } catch {
            return error
        }
    }

    @Test func `gives every field`() throws {
        var text = RetentionText()
        text.rules[0]["fields"] = "{closed_at: \"the year\", email: \"on the invoices\"}"
        let schedule = try text.schedule()
        #expect(schedule.version == 3)
        #expect(schedule.yearEndMonth == 12)
        #expect(schedule.rules.count == 8)
        let rule = schedule.rules[0]
        #expect(rule.name == "accounting_identity")
        #expect(rule.basis == "the law")
        #expect(rule.fields == [.email, .closedAt])
        #expect(rule.kept.map(\.why) == ["on the invoices", "the year"])
        #expect(rule.effectiveFrom.rfc3339() == "2020-01-01T00:00:00Z")
        #expect(rule.effectiveUntil == nil)
    }

    @Test(arguments: RetentionCategory.allCases)
    func `without a category is refused`(category: RetentionCategory) {
        let error = refusal { text in
            text.rules.removeAll { $0["category"] == "\"\(category.rawValue)\"" }
        }
        #expect(error == .missingCategory(category))
    }

    @Test(arguments: RetentionCategory.allCases)
    func `keeps within the law of each category`(category: RetentionCategory) throws {
        let lawful = category.lawfulMonths
        let place = try #require(RetentionCategory.allCases.firstIndex(of: category))
        func result(_ months: Int64) -> RetentionFileError? {
            refusal { $0.rules[place]["keep"] = "\"\(months) month\(months == 1 ? "" : "s")\"" }
        }
        #expect(result(lawful.lowerBound) == nil)
        #expect(result(lawful.upperBound) == nil)
        for months in [lawful.lowerBound - 1, lawful.upperBound + 1] where months > 0 {
            let period = try #require(CalendarPeriod(months: months))
            #expect(
                result(months)
                    == .unlawfulPeriod(place: "categories[\(place)].keep", category, period))
        }
        for start in RetentionStart.allCases where start != category.start {
            #expect(
                refusal { $0.rules[place]["start"] = "\"\(start.rawValue)\"" }
                    == .unlawfulStart(place: "categories[\(place)].start", category))
        }
        let fields = refusal { $0.rules[place]["fields"] = "{email: \"w\"}" }
        #expect(
            fields
                == (category.isSealed
                    ? nil : .keepsNoFields(place: "categories[\(place)].fields", category)))
    }

    @Test func `has rules that follow each other without a hole`() {
        func second(_ from: String, until first: String) -> RetentionFileError? {
            refusal { text in
                text.rules[2]["effective_until"] = first
                var next = RetentionText.rule(.civilClaims)
                next["effective_from"] = from
                text.rules.append(next)
            }
        }
        #expect(second("\"2027-01-01\"", until: "\"2027-01-01\"") == nil)
        let broken = RetentionFileError.brokenSuccession(
            place: "categories[8].effective_from", .civilClaims)
        #expect(second("\"2027-01-02\"", until: "\"2027-01-01\"") == broken)
        #expect(second("\"2026-12-31\"", until: "\"2027-01-01\"") == broken)
        #expect(second("\"2027-01-01\"", until: "null") == broken)
        #expect(
            refusal { $0.rules[2]["effective_until"] = "\"2027-01-01\"" }
                == .brokenSuccession(place: "categories", .civilClaims))
        #expect(
            refusal { $0.rules[2]["effective_until"] = "\"2020-01-01\"" }
                == .outOfRange(
                    place: "categories[2].effective_until",
                    allowed: "a day after effective_from, or null"))
    }

    @Test func `names what is unknown, missing, of the wrong type or out of range`() {
        #expect(refusal { $0.head["versoin"] = "1" } == .unknownKey("versoin"))
        #expect(refusal { $0.unused["x"] = "1" } == .unknownKey("unused_accounts.x"))
        #expect(refusal { $0.rules[1]["keeps"] = "1" } == .unknownKey("categories[1].keeps"))
        for key in ["version", "year_end_month"] {
            #expect(refusal { $0.head[key] = nil } == .missingKey(key))
        }
        for key in ["category", "keep", "start", "basis", "effective_from", "fields"] {
            #expect(refusal { $0.rules[1][key] = nil } == .missingKey("categories[1].\(key)"))
        }
        for key in ["close_after", "warn_days_before", "basis"] {
            #expect(refusal { $0.unused[key] = nil } == .missingKey("unused_accounts.\(key)"))
        }
        #expect(
            refusal { $0.head["version"] = "1.5" }
                == .wrongType(place: "version", expected: "a whole number"))
        #expect(
            refusal { $0.rules[0]["keep"] = "10" }
                == .wrongType(place: "categories[0].keep", expected: "a string"))
        #expect(
            refusal { $0.rules[0]["fields"] = "[\"email\"]" }
                == .wrongType(place: "categories[0].fields", expected: "an object"))
        #expect(
            refusal { $0.rules[0]["fields"] = "{email: true}" }
                == .wrongType(
                    place: "categories[0].fields.email",
                    expected: "a string that says why it is kept"))
        #expect(
            refusal { $0.rules[0]["fields"] = "{phone: \"w\"}" }
                == .outOfRange(
                    place: "categories[0].fields.phone",
                    allowed: "email, display_name, created_at, closed_at, closure_reason"))
        #expect(
            refusal { $0.head["categories"] = "{}" }
                == .wrongType(place: "categories", expected: "a list"))
        for day in ["2026-02-29", "2026-1-1", "2026-01-01T00:00:00Z", ""] {
            #expect(
                refusal { $0.rules[0]["effective_from"] = "\"\(day)\"" }
                    == .outOfRange(
                        place: "categories[0].effective_from", allowed: "a day as YYYY-MM-DD"))
        }
    }

    @Test(arguments: [
        ("version", ["1", "1000000"], ["0", "1000001"]),
        ("year_end_month", ["1", "12"], ["0", "13"]),
    ])
    func `holds the limits of its numbers`(key: String, good: [String], bad: [String]) {
        for value in good { #expect(refusal { $0.head[key] = value } == nil) }
        for value in bad { #expect(refusal { $0.head[key] = value } != nil) }
    }

    @Test func `holds the limits of unused accounts, texts and rules`() {
        for days in ["7", "90"] { #expect(refusal { $0.unused["warn_days_before"] = days } == nil) }
        for days in ["6", "91"] { #expect(refusal { $0.unused["warn_days_before"] = days } != nil) }
        for time in ["6 months", "2 years"] {
            #expect(refusal { $0.unused["close_after"] = "\"\(time)\"" } == nil)
        }
        for time in ["5 months", "25 months"] {
            #expect(refusal { $0.unused["close_after"] = "\"\(time)\"" } != nil)
        }
        let long = String(repeating: "é", count: 200)
        #expect(refusal { $0.rules[0]["basis"] = "\"\(long)\"" } == nil)
        for basis in [long + "é", "", "a\\nb", "a\\u2028b"] {
            #expect(
                refusal { $0.rules[0]["basis"] = "\"\(basis)\"" }
                    == .outOfRange(
                        place: "categories[0].basis", allowed: "1 ... 200 characters on one line"))
        }
        let many = { (count: Int) in
            self.refusal { text in
                text.rules = (0..<count).map { _ in RetentionText.rule(.taxIdentity) }
            }
        }
        #expect(many(65) == .outOfRange(place: "categories", allowed: "at most 64 rules"))
        #expect(many(64) != .outOfRange(place: "categories", allowed: "at most 64 rules"))
    }

    @Test(arguments: [
        Array("".utf8), Array("[]".utf8), Array("1".utf8), Array("{".utf8), Array("{} {}".utf8),
        [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], [0x7B, 0xFF, 0x7D], [0x7B, 0x00, 0x7D],
    ])
    func `that is not one JSON5 object in UTF-8 is unreadable`(bytes: [UInt8]) {
        #expect(throws: RetentionFileError.unreadable) { try RetentionSchedule(json5: bytes) }
    }

    @Test func `has at most 64 KiB`() {
        let spaces = [UInt8](repeating: 0x20, count: 65_536)
        #expect(throws: RetentionFileError.unreadable) { try RetentionSchedule(json5: spaces) }
        #expect(throws: RetentionFileError.tooLarge) {
            try RetentionSchedule(json5: spaces + [0x20])
        }
    }
}
