import Foundation

/// Why a retention file is refused. Places are named as `categories[2].keep`; values are not repeated
/// but where they are periods and days.
package enum RetentionFileError: Error, Equatable, Sendable {
    /// More bytes than ``RetentionSchedule/fileBytesMax``.
    case tooLarge
    /// Not one JSON5 object in UTF-8.
    case unreadable
    case unknownKey(String)
    case missingKey(String)
    case wrongType(place: String, expected: String)
    case outOfRange(place: String, allowed: String)
    /// Nothing says how long this is kept.
    case missingCategory(RetentionCategory)
    case unlawfulPeriod(place: String, RetentionCategory, CalendarPeriod)
    case unlawfulStart(place: String, RetentionCategory)
    /// Fields are kept of accounts that close, and this category is none of theirs.
    case keepsNoFields(place: String, RetentionCategory)
    /// `effective_from` of a later rule is not `effective_until` of the one before it, the rules are
    /// not in order, or the last one ends.
    case brokenSuccession(place: String, RetentionCategory)
}

extension RetentionSchedule {
    /// Bytes. A retention file is a table of some twenty rows.
    package static let fileBytesMax = 65_536
    /// Rules of all categories together.
    package static let rulesMax = 64

    /// Reads a retention file. Every category has a rule, and every rule is within its law. A key that
    /// is there twice counts as its first value, as in every JSON5 reader built on Foundation.
    package init(json5 data: [UInt8]) throws(RetentionFileError) {
        guard data.count <= Self.fileBytesMax else { throw .tooLarge }
        // Foundation would also read UTF-16, in which every ASCII character has a zero byte.
        guard !data.contains(0) else { throw .unreadable }
        // Foundation 6.3 ends the process over a key without quotes that is not UTF-8.
        guard String(validating: data, as: UTF8.self) != nil else { throw .unreadable }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        let tree: RetentionNode
        do {
            tree = try decoder.decode(RetentionNode.self, from: Data(data))
        } catch {
            throw .unreadable
        }
        guard case .object = tree else { throw .unreadable }
        let file = RetentionObject(
            try tree.object(at: "the file"), at: "",
            keys: ["version", "year_end_month", "unused_accounts", "categories"])
        try file.refuseUnknown()
        version = Int(try file.integer("version", in: 1...1_000_000))
        yearEndMonth = try file.integer("year_end_month", in: 1...12)
        unused = try Self.unused(file)
        rules = try Self.rules(file, yearEndMonth: yearEndMonth)
    }

    private static func unused(
        _ file: RetentionObject
    ) throws(RetentionFileError) -> UnusedAccounts {
        let part = RetentionObject(
            try file.value("unused_accounts").object(at: "unused_accounts"), at: "unused_accounts.",
            keys: ["close_after", "warn_days_before", "basis"])
        try part.refuseUnknown()
        let period = try part.period("close_after")
        let lawful = UnusedAccounts.lawfulMonths
        guard lawful.contains(period.months) else {
            throw .outOfRange(
                place: "unused_accounts.close_after",
                allowed: CalendarPeriod.text(lawful) + " (CNIL practice)")
        }
        return UnusedAccounts(
            closedAfter: period,
            warnedDaysBefore: try part.integer(
                "warn_days_before", in: UnusedAccounts.warningDays),
            basis: try part.line("basis"))
    }

    private static func rules(
        _ file: RetentionObject, yearEndMonth: Int64
    ) throws(RetentionFileError) -> [RetentionRule] {
        let nodes = try file.value("categories").list(at: "categories")
        guard nodes.count <= rulesMax else {
            throw .outOfRange(place: "categories", allowed: "at most \(rulesMax) rules")
        }
        var found: [RetentionCategory: [RetentionRule]] = [:]
        for (index, node) in nodes.enumerated() {
            let place = "categories[\(index)]"
            let rule = try RetentionRule(node, at: place, yearEndMonth: yearEndMonth)
            if let last = found[rule.category]?.last, last.effectiveUntil != rule.effectiveFrom {
                throw .brokenSuccession(place: place + ".effective_from", rule.category)
            }
            found[rule.category, default: []].append(rule)
        }
        var rules: [RetentionRule] = []
        for category in RetentionCategory.allCases {
            guard let own = found[category], let last = own.last else {
                throw .missingCategory(category)
            }
            guard last.effectiveUntil == nil else {
                throw .brokenSuccession(place: "categories", category)
            }
            rules += own
        }
        return rules
    }
}

extension RetentionRule {
    fileprivate init(
        _ node: RetentionNode, at place: String, yearEndMonth: Int64
    ) throws(RetentionFileError) {
        let part = RetentionObject(
            try node.object(at: place), at: place + ".",
            keys: [
                "category", "keep", "start", "basis", "effective_from", "effective_until", "fields",
            ])
        try part.refuseUnknown()
        let category = try part.word("category", of: RetentionCategory.self)
        keeps = try part.period("keep")
        guard category.lawfulMonths.contains(keeps.months) else {
            throw .unlawfulPeriod(place: place + ".keep", category, keeps)
        }
        guard try part.word("start", of: RetentionStart.self) == category.start else {
            throw .unlawfulStart(place: place + ".start", category)
        }
        basis = try part.line("basis")
        effectiveFrom = try part.day("effective_from")
        effectiveUntil =
            try part.optional("effective_until") == nil ? nil : part.day("effective_until")
        if let effectiveUntil, effectiveUntil <= effectiveFrom {
            throw .outOfRange(
                place: place + ".effective_until", allowed: "a day after effective_from, or null")
        }
        kept = try part.fields()
        guard category.isSealed || kept.isEmpty else {
            throw .keepsNoFields(place: place + ".fields", category)
        }
        self.category = category
        self.yearEndMonth = yearEndMonth
    }
}

extension CalendarPeriod {
    /// `6 months to 1 year`, or one period where both ends are the same.
    package static func text(_ range: ClosedRange<Int64>) -> String {
        let low = text(months: range.lowerBound)
        return range.count == 1 ? low : "\(low) to \(text(months: range.upperBound))"
    }
}
