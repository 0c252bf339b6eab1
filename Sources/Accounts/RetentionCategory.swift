/// What is kept after an account closes, or beside accounts, and which law says how long. A record is
/// in exactly one of them; one that is in none may not be kept.
package enum RetentionCategory: String, CaseIterable, Hashable, Sendable {
    case accountingIdentity = "accounting_identity"
    case taxIdentity = "tax_identity"
    case civilClaims = "civil_claims"
    case identifierTombstone = "identifier_tombstone"
    case securityLog = "security_log"
    case consentProof = "consent_proof"
    case rightsFile = "rights_file"
    case breachRegister = "breach_register"

    /// Whether fields of a closed account are sealed under it. The others are kept as what they are:
    /// a keyed digest, a log, a file of its own.
    package var isSealed: Bool {
        switch self {
        case .accountingIdentity, .taxIdentity, .civilClaims: true
        default: false
        }
    }

    /// From when its time counts.
    package var start: RetentionStart {
        switch self {
        case .accountingIdentity: .yearEnd
        case .taxIdentity, .civilClaims, .identifierTombstone: .closure
        case .securityLog, .consentProof, .rightsFile, .breachRegister: .record
        }
    }

    /// Months. Where the law fixes a time, both ends are that time: shorter breaks the duty to keep,
    /// longer has no basis left (article 5(1)(e) GDPR).
    package var lawfulMonths: ClosedRange<Int64> {
        switch self {
        case .accountingIdentity: 120...120
        case .taxIdentity: 72...72
        // A claim may be given up early; after five years there is none.
        case .civilClaims: 1...60
        // The company's choice: the promise is three years, and a claim about it dies after five.
        case .identifierTombstone: 12...60
        case .securityLog: 6...12
        case .consentProof, .rightsFile, .breachRegister: 12...60
        }
    }

    /// Where ``lawfulMonths`` comes from.
    package var lawfulBasis: String {
        switch self {
        case .accountingIdentity: "art. L123-22 Code de commerce"
        case .taxIdentity: "art. L102 B Livre des procédures fiscales"
        case .civilClaims: "art. 2224 Code civil"
        case .identifierTombstone: "art. 6(1)(f) GDPR; art. 2224 Code civil"
        case .securityLog: "CNIL délibération 2021-122"
        case .consentProof: "art. 5(2) and 7(1) GDPR; art. 2224 Code civil"
        case .rightsFile: "art. 5(2) and 12 GDPR; art. 2224 Code civil"
        case .breachRegister: "art. 5(2) and 33(5) GDPR; art. 2224 Code civil"
        }
    }
}

/// From when a retention time counts. The raw value is the file's.
package enum RetentionStart: String, CaseIterable, Hashable, Sendable {
    /// The end of the accounting year in which the account was closed.
    case yearEnd = "year_end"
    /// The closure of the account.
    case closure
    /// When the record was concluded: a log line written, a consent withdrawn, a file closed.
    case record
}

/// A field of an account that a category may keep. The raw value is the file's and the sealed text's.
package enum KeptField: String, CaseIterable, Hashable, Sendable {
    case email
    case displayName = "display_name"
    case createdAt = "created_at"
    case closedAt = "closed_at"
    case closureReason = "closure_reason"
}

/// Whole calendar months: `3 years` is 36. As the file says it.
package struct CalendarPeriod: Hashable, Comparable, Sendable {
    /// 1 ... 1 200, which is a hundred years.
    package let months: Int64

    package static let monthsAllowed: ClosedRange<Int64> = 1...1_200

    /// - Returns: `nil` when out of range.
    package init?(months: Int64) {
        guard Self.monthsAllowed.contains(months) else { return nil }
        self.months = months
    }

    /// Reads `12 months` or `3 years`: digits without a leading zero, one space, the unit; `1 month`
    /// and `1 year` too.
    package init?(parsing text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...4).contains(parts[0].count),
            parts[0].allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            parts[0].first != UInt8(ascii: "0")
        else { return nil }
        let count = parts[0].reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        let unit = String(decoding: parts[1], as: UTF8.self)
        switch (unit, count) {
        case ("month", 1), ("months", 2...): self.init(months: count)
        case ("year", 1), ("years", 2...): self.init(months: count * 12)
        default: return nil
        }
    }

    /// `3 years`, `18 months`: what ``init(parsing:)`` reads.
    package var text: String { Self.text(months: months) }

    /// Whatever began before this is over at `end`, or was.
    ///
    /// Never early. What began on the last days of a month, which share a day in a shorter one, may be up
    /// to a day late.
    package func begunBefore(_ end: Timestamp) -> Timestamp {
        let day = end.date
        let then = day.adding(months: -months)
        if then.day == day.day { return end.adding(months: -months) }
        // That month has no such day: all of it is over.
        return Timestamp(startOf: then) + .days(1)
    }

    static func text(months: Int64) -> String {
        let (count, unit) = months % 12 == 0 ? (months / 12, "year") : (months, "month")
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }

    package static func < (left: CalendarPeriod, right: CalendarPeriod) -> Bool {
        left.months < right.months
    }
}
