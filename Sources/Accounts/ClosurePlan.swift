/// What stays of an account that closes: each category with its basis and its end, and the fields that
/// are sealed under it. What no category names is destroyed.
package struct ClosurePlan: Equatable, Sendable {
    package struct Kept: Equatable, Sendable {
        package let category: RetentionCategory
        /// The law, or the interest, as the retention file names it.
        package let basis: String
        package let eraseAfter: Timestamp
        /// In the order of ``KeptField``'s cases; empty for what is not sealed.
        package let fields: [Field]

        package init(
            category: RetentionCategory, basis: String, eraseAfter: Timestamp, fields: [Field]
        ) {
            self.category = category
            self.basis = basis
            self.eraseAfter = eraseAfter
            self.fields = fields
        }
    }

    package struct Field: Equatable, Sendable {
        package let field: KeptField
        package let value: String
    }

    /// Sealed categories first, then those that are kept as what they are, in the order of the cases.
    package let kept: [Kept]

    /// A category whose every field is empty leaves no record: nothing would be in it.
    ///
    /// - Parameter besides: categories of which something is kept that is not sealed.
    package init(
        closing account: ClosingAccount, under schedule: RetentionSchedule,
        besides: Set<RetentionCategory>
    ) {
        kept = schedule.categories(closedAt: account.closedAt).compactMap { rule in
            let fields = rule.category.isSealed ? account.fields(rule.fields) : []
            guard !fields.isEmpty || besides.contains(rule.category) else { return nil }
            return Kept(
                category: rule.category, basis: rule.basis,
                eraseAfter: rule.eraseAfter(closedAt: account.closedAt), fields: fields)
        }
    }

    /// - Parameter kept: what is left of another plan.
    package init(keeping kept: [Kept]) {
        self.kept = kept
    }

    package var sealed: [Kept] { kept.filter { !$0.fields.isEmpty } }

    /// Until when nobody else takes the identifier.
    package static func tombstoneEnd(
        closedAt: Timestamp, under schedule: RetentionSchedule
    ) -> Timestamp {
        schedule.rule(for: .identifierTombstone, at: closedAt).eraseAfter(closedAt: closedAt)
    }
}

/// What is known of an account in the moment in which it closes.
package struct ClosingAccount: Equatable, Sendable {
    /// As the owner spelt it.
    package let email: String
    package let displayName: String?
    package let createdAt: Timestamp
    package let closedAt: Timestamp
    package let reason: ClosureReason

    package init(
        email: String, displayName: String?, createdAt: Timestamp, closedAt: Timestamp,
        reason: ClosureReason
    ) {
        self.email = email
        self.displayName = displayName
        self.createdAt = createdAt
        self.closedAt = closedAt
        self.reason = reason
    }

    /// Those of `wanted` that have a value.
    func fields(_ wanted: [KeptField]) -> [ClosurePlan.Field] {
        wanted.compactMap { field in
            let value: String? =
                switch field {
                case .email: email
                case .displayName: displayName
                case .createdAt: createdAt.rfc3339(.microseconds)
                case .closedAt: closedAt.rfc3339(.microseconds)
                case .closureReason: reason.rawValue
                }
            return value.map { ClosurePlan.Field(field: field, value: $0) }
        }
    }
}
