package import Accounts
package import Incidents
package import Passwords
import Secrets
package import Storage
import Threads

/// What one running Loquet holds: its settings, keys, database, rule and clock. Use cases are
/// extensions of it, each in a file of its own.
package final class Node: Sendable {
    package let configuration: Configuration
    package let deployment: Deployment
    package let database: any Database
    package let keys: KeyRing
    private let pepperRing: Guarded<PepperRing>
    package let hasher: TrustedHasher
    package let policies: PolicyBook
    package let retention: RetentionSchedule
    package let verdictSeals: VerdictSeals
    package let blocklist: Blocklist
    /// `nil` where no corpus of breached passwords is configured.
    package let corpus: (any BreachCorpus)?
    /// What a new hash costs.
    package let cost: HashCost
    package let schedule: ThrottleSchedule
    package let lifetimes: SessionLifetimes
    package let deliveries: DeliverySchedule
    package let clock: @Sendable () -> Timestamp
    package let log: Log
    package let metrics: Metrics

    let sources = Guarded(SourceBudgets())
    let refusals = RefusedAttempts()
    let touches = SessionTouches()
    let scrubs = ScrubRequests()
    let unattributed = UnattributedSignIns()
    let decoys: Decoys
    /// The last checkpoint of the audit log that this node signed.
    private let checkpoint = Guarded<(sequence: Int64, at: Timestamp)?>(nil)

    package init(
        configuration: Configuration, deployment: Deployment, database: any Database, keys: KeyRing,
        peppers: PepperRing, hasher: TrustedHasher, policy: PasswordPolicy,
        retention: RetentionSchedule,
        blocklist: Blocklist, corpus: (any BreachCorpus)?, cost: HashCost,
        lifetimes: SessionLifetimes, deliveries: DeliverySchedule,
        clock: @escaping @Sendable () -> Timestamp, log: Log, metrics: Metrics
    ) {
        self.configuration = configuration
        self.deployment = deployment
        self.database = database
        self.keys = keys
        pepperRing = Guarded(peppers)
        decoys = Decoys(today: HashScheme(today: cost, pepper: peppers.current.id))
        self.hasher = hasher
        self.blocklist = blocklist
        self.retention = retention
        self.corpus = corpus
        policies = PolicyBook(
            configured: policy, restriction: configuration.accessRestriction, log: log)
        verdictSeals = VerdictSeals(keys)
        self.cost = cost
        schedule = .cnil
        self.lifetimes = lifetimes
        self.deliveries = deliveries
        self.clock = clock
        self.log = log
        self.metrics = metrics
    }

    /// Housekeeping takes up changes: see ``HashUpkeep``.
    package var peppers: PepperRing { pepperRing.withLock { $0 } }

    func use(_ peppers: PepperRing) {
        pepperRing.withLock { $0 = peppers }
    }

    func checkpointed(upTo sequence: Int64, at now: Timestamp) {
        checkpoint.withLock { $0 = (sequence, now) }
    }

    var lastCheckpoint: (sequence: Int64, at: Timestamp)? { checkpoint.withLock { $0 } }

    /// The digests under which an identifier may stand, today's key first.
    func locators(of identifier: Identifier) -> [Digest] {
        let today = keys.current(.identifier)
        let older = keys.all(.identifier).filter { $0.id != today.id }
        return ([today] + older).map { identifier.locator(key: $0.secret) }
    }

    func eventID(at now: Timestamp) -> EventID {
        EventID(at: now, random: SystemRandom.bytes(count: 10))
    }

    /// Writes what happened to an account: the audit row and the event, in the caller's transaction.
    func record(
        _ change: AccountChange, of account: AccountID, by actor: String,
        from source: SourceAddress?, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let event = Event(
            change, of: account, from: source, id: eventID(at: now), deployment: deployment, at: now
        )
        try enqueue(event, transaction)
        try audit(
            action: "account.\(change.type.word)", of: account.text, by: actor, at: now, transaction
        )
    }

    /// Counts an event, once the transaction that enqueued it is committed.
    func noteEnqueued(_ type: EventType) {
        metrics.add(.eventsEnqueued, "type=\"\(type.rawValue)\"")
    }

    func audit(
        action: String, of object: String, by actor: String, reason: String = "",
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try AuditStore.append(
            .init(
                id: eventID(at: now).text, at: now, actor: actor, action: action, object: object,
                reason: reason), transaction)
    }

    /// Runs database work for a request.
    ///
    /// - Throws: ``Problem/unavailable`` when the database cannot be used now; anything else is ours
    ///   and is logged.
    func withProblems<Answer>(
        _ body: () throws(DatabaseError) -> Answer
    ) throws(Problem) -> Answer {
        do {
            return try body()
        } catch {
            throw problem(of: error)
        }
    }

    func problem(of error: DatabaseError) -> Problem {
        switch error {
        case .unavailable(let reason):
            log.warning("database unavailable", .reason(reason))
            return .unavailable
        default:
            log.error("database failed", .reason(String(describing: error)))
            return .internalError
        }
    }
}
