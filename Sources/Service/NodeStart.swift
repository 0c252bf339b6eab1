package import Accounts
import Glibc
import HTTP
import Incidents
package import Passwords
import Secrets
package import Storage

/// From a configuration to a running service, refusing early: nothing is created before everything
/// that can be checked without it was checked.
package struct NodeStart: Sendable {
    package let configuration: Configuration
    package let log: Log
    private let policy: PasswordPolicy
    private let screening: Screening
    private let retention: RetentionSchedule
    private let deployment: Deployment
    private let tls: TLSIdentity?
    private let notices: NoticeSettings

    /// Checks what the configuration names: policy, retention, TLS files, addresses, word files and corpus.
    ///
    /// - Parameter now: retention rules must be in force by then.
    package init(
        _ configuration: Configuration, log: Log, at now: Timestamp = systemTime()
    ) throws(StartError) {
        self.configuration = configuration
        self.log = log
        policy = try PolicyLibrary.policy(configuration.policy)
        try PolicyLibrary.check(policy, restriction: configuration.accessRestriction)
        retention = try RetentionLibrary.schedule(configuration.retentionFile, at: now)
        guard let deployment = Deployment(uri: configuration.source) else {
            throw .configuration(
                "source: expected an absolute URI such as https://auth.example.com")
        }
        self.deployment = deployment
        try SinkCheck.check(configuration.sinks)
        notices = try NoticeSettings(configuration)
        try configuration.checkRegions()
        tls = try Self.identity(configuration.tls)
        screening = try Screening(configuration)
    }

    /// Starts and stops the listeners once: addresses, TLS files and limits are known to be good before
    /// anything is created. Only a server asks; other commands run beside one.
    package func probe() throws(StartError) {
        do throws(HTTPServerError) {
            let log = log
            if let metrics = configuration.metricsListen {
                try HTTPServer(
                    listen: ListenAddress(parsing: metrics), threads: 1, handler: NotReady(),
                    log: { log.warning("metrics listener", .reason($0)) }
                ).stop()
            }
            try HTTPServer(
                listen: ListenAddress(parsing: configuration.listen),
                limits: configuration.limits, tls: tls, handler: NotReady(),
                log: { log.warning("http", .reason($0)) }
            ).stop()
        } catch {
            throw StartError(error)
        }
    }

    /// Starts the service on an opened and initialised store.
    package func start(
        on database: any Database, clock: @escaping @Sendable () -> Timestamp = systemTime
    ) throws(StartError) -> Daemon {
        let (cost, arenaCost) = try costs(database)
        let node = try node(on: database, cost: cost, clock: clock)
        try checkSwitches(node)
        try recordAllowedRegions(node)
        let lanes = LaneCount.within(
            budgetMiB: configuration.hashing.memoryBudgetMiB, memoryKiB: arenaCost.memoryKiB)
        return try Daemon(node: node, lanes: lanes, arenaCost: arenaCost, tls: tls)
    }

    /// A recorded switch binds like the configuration: what must not be in force does not start.
    private func checkSwitches(_ node: Node) throws(StartError) {
        var refusal: StartError?
        do {
            try node.database.read { reader throws(DatabaseError) in
                do throws(StartError) {
                    _ = try node.policies.loaded(reader)
                } catch {
                    refusal = error
                }
            }
        } catch {
            throw .refused("the database cannot be read: \(error)")
        }
        if let refusal { throw refusal }
    }

    /// Whoever starts a service that uses places outside the Union answers for it: each is in the audit
    /// log with its reason.
    private func recordAllowedRegions(_ node: Node) throws(StartError) {
        let now = node.clock()
        for endpoint in configuration.endpoints {
            guard case .allowed(let region, let reason) = endpoint.standing else { continue }
            let place = region?.code ?? "unknown"
            log.warning("outside the European Union", .path(endpoint.setting), .reason(reason))
            do {
                try node.database.transaction { transaction throws(DatabaseError) in
                    try node.audit(
                        action: "region.allowed", of: endpoint.setting, by: "cli:\(getuid())",
                        reason: "\(place): \(reason)", at: now, transaction)
                }
            } catch {
                throw .refused("the database cannot be written: \(error)")
            }
        }
    }

    /// The node alone, without threads: what commands work with.
    package func node(on database: any Database) throws(StartError) -> Node {
        let hashing = configuration.hashing
        do {
            let cost = try HashCost(
                memoryKiB: hashing.memoryKiB, passes: hashing.passes,
                parallelism: hashing.parallelism)
            return try node(on: database, cost: cost, clock: systemTime)
        } catch let error as StartError {
            throw error
        } catch {
            throw .configuration("hashing: \(error)")
        }
    }

    /// The same with today's cost and a clock.
    package func node(
        on database: any Database, cost: HashCost, clock: @escaping @Sendable () -> Timestamp
    ) throws(StartError) -> Node {
        let keys = try keys(database)
        let metrics = Metrics()
        let hasher = try hasher(metrics)
        do {
            return Node(
                configuration: configuration, deployment: deployment, database: database,
                keys: keys, peppers: try keys.peppers(), hasher: hasher, policy: policy,
                retention: retention,
                blocklist: screening.blocklist, corpus: screening.corpus, cost: cost,
                lifetimes: try SessionLifetimes(
                    absolute: .seconds(configuration.sessions.absoluteSeconds),
                    idle: .seconds(configuration.sessions.idleSeconds)),
                deliveries: try deliverySchedule(), notices: notices, clock: clock, log: log,
                metrics: metrics)
        } catch {
            throw .configuration("a setting is out of range: \(error)")
        }
    }

    /// The node of a command that works beside a server.
    package func commandNode(on database: any Database) throws(StartError) -> Node {
        try node(on: database, cost: costs(database).0, clock: systemTime)
    }

    private func keys(_ database: any Database) throws(StartError) -> KeyRing {
        let records: [KeyStore.Record]
        do {
            records = try database.read { reader throws(DatabaseError) in
                try KeyStore.all(reader)
            }
        } catch {
            throw .refused("the database cannot be read: \(error)")
        }
        if configuration.sinks.webhook != nil,
            !records.contains(where: { $0.purpose == KeyPurpose.webhookSigning.rawValue })
        {
            throw .configuration(
                "sinks.webhook.url: requests are signed and there is no key for it yet: "
                    + "make one with loquet keys add \(KeyPurpose.webhookSigning.rawValue)")
        }
        do {
            return try KeyRing.load(
                KeyDirectory(dataDirectory: configuration.data), records: records)
        } catch {
            throw StartError(error)
        }
    }

    /// The engine that proved itself here, logged and counted when it is not the one that was wanted.
    private func hasher(_ metrics: Metrics) throws(StartError) -> TrustedHasher {
        do {
            return TrustedHasher(
                try Argon2Engine.chosen(configuration.hashing.engine), log: log, metrics: metrics)
        } catch {
            throw .refused("no engine computes Argon2id as RFC 9106 says: \(error)")
        }
    }

    private func deliverySchedule() throws(DeliveryScheduleError) -> DeliverySchedule {
        let standard = DeliverySchedule.standard
        return try DeliverySchedule(
            attemptsMax: configuration.queue.attemptsMax, firstDelay: standard.firstDelay,
            delayMax: standard.delayMax, abandonedAfter: standard.abandonedAfter)
    }

    /// Today's cost, and the one that arenas are made for: stored hashes may be more expensive.
    private func costs(_ database: any Database) throws(StartError) -> (HashCost, HashCost) {
        let hashing = configuration.hashing
        let stored: Int64
        do {
            stored = try database.read { reader throws(DatabaseError) in
                try AccountStore.memoryKiBMax(reader)
            }
        } catch {
            throw .refused("the database cannot be read: \(error)")
        }
        let largest = max(hashing.memoryKiB, UInt32(clamping: stored))
        guard Int(largest) <= hashing.memoryBudgetMiB * 1_024 else {
            throw .configuration(
                "hashing.memory_budget_mib: expected at least \((largest + 1_023) / 1_024) MiB, which "
                    + "a stored hash needs, got \(hashing.memoryBudgetMiB)")
        }
        do {
            let cost = try HashCost(
                memoryKiB: hashing.memoryKiB, passes: hashing.passes,
                parallelism: hashing.parallelism)
            let arena = try HashCost(
                memoryKiB: largest, passes: hashing.passes, parallelism: hashing.parallelism)
            return (cost, arena)
        } catch {
            throw .configuration("hashing: \(error)")
        }
    }

    private static func identity(
        _ files: Configuration.TLSFiles?
    ) throws(StartError) -> TLSIdentity? {
        guard let files else { return nil }
        return TLSIdentity(
            certificatePEM: try pem(files.certificate, setting: "tls.certificate"),
            keyPEM: try pem(files.key, setting: "tls.key"))
    }

    private static func pem(_ path: String, setting: String) throws(StartError) -> String {
        do {
            return String(
                decoding: try readBoundedFile(path, bytesMax: 1_048_576), as: UTF8.self)
        } catch {
            throw .configuration("\(setting): cannot read \(path): \(error.reason)")
        }
    }
}

/// Answers whoever calls while the listeners are only being tried.
private struct NotReady: RequestHandler {
    func reply(to request: Request) -> Reply { .now(Problem.unavailable.response) }
    func response(for refusal: HTTPRefusal) -> Response { Problem.unavailable.response }
    func finished(_ request: FinishedRequest) {}
}
