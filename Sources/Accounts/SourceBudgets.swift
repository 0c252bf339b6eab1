/// How many failed sign-ins a place on the network has, whatever accounts it tries. Stands in front
/// of everything that costs: what is refused here is neither looked up nor hashed.
///
/// In memory and per node: a restart forgives ten minutes, and the budget of each account
/// (``Lockout``), which is stored, holds regardless.
///
/// **Memory is bounded.** A place is forgotten only when its last failure is a whole window old, so
/// one at its limit never is. When the table of narrow places is full, a new one is counted in its
/// wide network alone; when that table is full too, in one budget shared by all such newcomers.
/// Floods therefore make strangers wait for each other, and free nobody.
package struct SourceBudgets: Sendable {
    /// Where a request says it came from.
    package enum Source: Hashable, Sendable {
        case address(SourceAddress)
        /// The application named no client address.
        case unattributed(ApplicationID)
    }

    /// A counted attempt, and where it was counted.
    package struct Reservation: Hashable, Sendable {
        fileprivate let at: Timestamp
        fileprivate let budgets: [Budget]
    }

    package enum Decision: Hashable, Sendable {
        case allowed(Reservation)
        /// When all budgets of the source have room again.
        case refused(until: Timestamp)
    }

    fileprivate enum Budget: Hashable, Sendable {
        case narrow(SourcePrefix)
        case wide(SourcePrefix)
        case application(ApplicationID)
        case overflow
    }

    package let settings: SourceBudgetSettings
    private var narrow: BoundedTable<Budget, AttemptStamps>
    private var wide: BoundedTable<Budget, AttemptStamps>
    private var applications: BoundedTable<Budget, AttemptStamps>
    private var overflow: BoundedTable<Budget, AttemptStamps>

    package init(_ settings: SourceBudgetSettings = .standard) {
        precondition(
            settings.window > .zero && settings.narrowFailures > 0 && settings.wideFailures > 0
                && settings.unattributedFailures > 0 && settings.overflowFailures > 0)
        self.settings = settings
        narrow = BoundedTable(capacity: settings.narrowEntriesMax)
        wide = BoundedTable(capacity: settings.wideEntriesMax)
        applications = BoundedTable(capacity: settings.applicationEntriesMax)
        overflow = BoundedTable(capacity: 1)
    }

    /// Counts an attempt in every budget of its source, or in none. Like a lockout's, the
    /// reservation is a failure until it succeeds, and a refusal neither counts nor lengthens.
    package mutating func reserve(for source: Source, at now: Timestamp) -> Decision {
        let budgets = budgets(for: source, at: now)
        let blocked = budgets.compactMap { budget in firstFree(in: budget, at: now) }
        if let until = blocked.max() { return .refused(until: until) }
        for budget in budgets { count(in: budget, at: now) }
        return .allowed(Reservation(at: now, budgets: budgets))
    }

    /// Takes back this attempt and nothing else: a success on one account never clears what the
    /// same source failed at on others.
    package mutating func succeed(_ reservation: Reservation) {
        for budget in reservation.budgets {
            self[tableOf: budget].change(budget) { _ = $0.takeBack(reservation.at) }
        }
    }

    /// Entries held now: narrow places, wide networks, applications. For metrics.
    package var entryCounts: (narrow: Int, wide: Int, applications: Int) {
        (narrow.count, wide.count, applications.count)
    }

    private mutating func budgets(for source: Source, at now: Timestamp) -> [Budget] {
        switch source {
        case .unattributed(let application):
            return [room(for: .application(application), at: now) ?? .overflow]
        case .address(let address):
            let place = room(for: .narrow(address.narrow), at: now)
            let network = room(for: .wide(address.wide), at: now) ?? .overflow
            return [place, network].compactMap(\.self)
        }
    }

    /// Sweeps a little, and answers the budget itself if its table can count it.
    private mutating func room(for budget: Budget, at now: Timestamp) -> Budget? {
        let window = settings.window
        let isDead = { (stamps: AttemptStamps) in
            guard let last = stamps.last else { return true }
            return now - last >= window
        }
        self[tableOf: budget].sweep(steps: 2, removing: isDead)
        if !self[tableOf: budget].hasRoom(for: budget) {
            self[tableOf: budget].sweep(steps: 16, removing: isDead)
        }
        return self[tableOf: budget].hasRoom(for: budget) ? budget : nil
    }

    private mutating func firstFree(in budget: Budget, at now: Timestamp) -> Timestamp? {
        let window = settings.window
        let limit = settings.limit(of: budget)
        let answer: Timestamp?? = self[tableOf: budget].change(budget) { stamps in
            stamps.settle(at: now, window: window)
            return stamps.firstFree(limit: limit, window: window)
        }
        return answer ?? nil
    }

    private mutating func count(in budget: Budget, at now: Timestamp) {
        if self[tableOf: budget].change(budget, { $0.record(at: now) }) != nil { return }
        var stamps = AttemptStamps()
        stamps.record(at: now)
        let stored = self[tableOf: budget].set(stamps, for: budget)
        precondition(stored, "room was made before counting")
    }

    private subscript(tableOf budget: Budget) -> BoundedTable<Budget, AttemptStamps> {
        get {
            switch budget {
            case .narrow: narrow
            case .wide: wide
            case .application: applications
            case .overflow: overflow
            }
        }
        _modify {
            switch budget {
            case .narrow: yield &narrow
            case .wide: yield &wide
            case .application: yield &applications
            case .overflow: yield &overflow
            }
        }
    }
}

/// The numbers of ``SourceBudgets``.
package struct SourceBudgetSettings: Hashable, Sendable {
    package var window: Duration
    /// Per IPv4 address or IPv6 /64. 30 is a family or a small office mistyping at once, and far
    /// too slow for guessing (4 320 a day).
    package var narrowFailures: Int
    /// Per IPv4 /24 or IPv6 /48: ten times as many, for the networks behind one operator.
    package var wideFailures: Int
    /// Per application, for requests without a client address. Generous, because it is shared by
    /// all users of an application that never sends addresses.
    package var unattributedFailures: Int
    /// Shared by sources that no table has room for, who like those cannot be told apart.
    package var overflowFailures: Int
    /// At about 400 bytes each when at the limit: 8 MB.
    package var narrowEntriesMax: Int
    /// At about 2.6 KB each when at the limit: 13 MB.
    package var wideEntriesMax: Int
    package var applicationEntriesMax: Int

    package static let standard = SourceBudgetSettings(
        window: .minutes(10), narrowFailures: 30, wideFailures: 300, unattributedFailures: 1_000,
        overflowFailures: 1_000, narrowEntriesMax: 20_000, wideEntriesMax: 5_000,
        applicationEntriesMax: 1_000)

    fileprivate func limit(of budget: SourceBudgets.Budget) -> Int {
        switch budget {
        case .narrow: narrowFailures
        case .wide: wideFailures
        case .application: unattributedFailures
        case .overflow: overflowFailures
        }
    }
}
