/// How long what is kept is kept, for every category and every time. Built only from a retention
/// file (``init(json5:)``), so whoever holds one holds a lawful one without a hole.
package struct RetentionSchedule: Equatable, Sendable {
    /// Grows with every change of the file, so that an audit can say which text was in force.
    package let version: Int
    /// The month with which the accounting year ends, 1 ... 12.
    package let yearEndMonth: Int64
    package let unused: UnusedAccounts
    /// By category in the order of its cases, then by time. Each rule ends where its successor begins;
    /// the last of a category has no end.
    package let rules: [RetentionRule]

    /// The accounts that nobody uses: warned, then closed.
    package struct UnusedAccounts: Equatable, Sendable {
        /// After the last sign-in.
        package let closedAfter: CalendarPeriod
        /// Days before the closure, 7 ... 90.
        package let warnedDaysBefore: Int64
        package let basis: String

        /// At most two years, as the CNIL's practice is.
        package static let lawfulMonths: ClosedRange<Int64> = 6...24
        package static let warningDays: ClosedRange<Int64> = 7...90

        package func closesAt(lastUsed: Timestamp) -> Timestamp {
            lastUsed.adding(months: closedAfter.months)
        }

        /// Who was last there before this must be warned by now.
        package func warnedWhenUsedBefore(_ now: Timestamp) -> Timestamp {
            closedAfter.begunBefore(now + .days(warnedDaysBefore))
        }

        /// Who was last there before this is to be closed, once warned long enough ago.
        package func closedWhenUsedBefore(_ now: Timestamp) -> Timestamp {
            closedAfter.begunBefore(now)
        }

        /// Nobody is closed earlier, however long ago the last sign-in was.
        package func closesAt(warned: Timestamp) -> Timestamp {
            warned + .days(warnedDaysBefore)
        }

        package func warnsAt(lastUsed: Timestamp) -> Timestamp {
            closesAt(lastUsed: lastUsed) - .days(warnedDaysBefore)
        }
    }

    /// The rule of a category that is in force at a time. What was concluded before the first rule
    /// began falls under that rule.
    package func rule(for category: RetentionCategory, at time: Timestamp) -> RetentionRule {
        let own = rules.filter { $0.category == category }
        // Never empty: a file without a category is refused.
        return own.last { $0.effectiveFrom <= time } ?? own[0]
    }

    /// The rule of every category at a closure, in the order of the cases: what a closing account is
    /// cut into. ``RetentionCategory/isSealed`` says which of them are sealed.
    package func categories(closedAt time: Timestamp) -> [RetentionRule] {
        RetentionCategory.allCases.map { rule(for: $0, at: time) }
    }

    /// - Returns: the first category that has no rule yet, with the day on which its first begins.
    package func firstGap(at now: Timestamp) -> RetentionRule? {
        RetentionCategory.allCases.map { rule(for: $0, at: now) }.first { $0.effectiveFrom > now }
    }
}

/// How long one category is kept while this rule is in force.
package struct RetentionRule: Equatable, Sendable {
    package let category: RetentionCategory
    package let keeps: CalendarPeriod
    /// The law, or the interest, as the file names it: 1 ... 200 characters.
    package let basis: String
    package let effectiveFrom: Timestamp
    /// `nil` where no end is known.
    package let effectiveUntil: Timestamp?
    /// What is kept of a closed account, and why that field; in the order of ``KeptField``'s cases.
    /// Empty keeps nothing.
    package let kept: [(field: KeptField, why: String)]
    /// Of the schedule: with it the date of a rule needs nothing else.
    let yearEndMonth: Int64

    package var name: String { category.rawValue }
    package var fields: [KeptField] { kept.map(\.field) }

    /// The first instant at which what falls under this rule may, and must, be erased.
    ///
    /// - Parameter closedAt: when the account was closed; for a category that starts with its record,
    ///   when the record was concluded.
    package func eraseAfter(closedAt: Timestamp) -> Timestamp {
        switch category.start {
        case .yearEnd: closedAt.endOfYear(endingIn: yearEndMonth).adding(months: keeps.months)
        case .closure, .record: closedAt.adding(months: keeps.months)
        }
    }

    /// What was concluded before this is over at `now`: the other side of ``eraseAfter(closedAt:)`` for
    /// categories that start with their record, so that a sweep needs no date in every row.
    package func concludedBefore(_ now: Timestamp) -> Timestamp { keeps.begunBefore(now) }

    package static func == (left: RetentionRule, right: RetentionRule) -> Bool {
        left.category == right.category && left.keeps == right.keeps && left.basis == right.basis
            && left.effectiveFrom == right.effectiveFrom
            && left.effectiveUntil == right.effectiveUntil
            && left.yearEndMonth == right.yearEndMonth
            && left.kept.elementsEqual(right.kept, by: ==)
    }
}
