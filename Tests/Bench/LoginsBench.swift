import Accounts
import Foundation
import Passwords
import Service
import Threads

/// What the service adds to the hashes it lives by: logins over HTTP against the bare hashes of the same
/// engine on as many lanes, in turns; then introspection while ten times as many logins arrive as can
/// be hashed.
func measureLogins(_ options: LoadOptions) throws {
    try raiseFileLimit()
    var results: [LoginsResult] = []
    for cost in [HashCost.standard, HashCost.floor] {
        complain("bench: logins at \(cost.memoryKiB)/\(cost.passes)/\(cost.parallelism)")
        results.append(try LoginsResult(cost, options))
    }
    print(LoginsResult.table(results))
    try write(JSONValue.array(results.map(\.json)), to: options.jsonPath)
}

/// One cost's figures.
private struct LoginsResult {
    let cost: HashCost
    let lanes: Int
    /// Of each round, in their order.
    let bare: [Double]
    let logins: [Slot]
    let idle: [Duration]
    let overloaded: [Duration]
    let flood: Flood.Outcome
    let peakMiB: Double

    init(_ cost: HashCost, _ options: LoadOptions) throws {
        self.cost = cost
        let rounds = 5
        let slot = Duration.seconds(options.seconds) / (4 * (rounds + 1))
        let node = try NodeProcess(memoryKiB: cost.memoryKiB, passes: cost.passes)
        let bareLanes = try BareLanes(cost)
        lanes = bareLanes.count
        let contender = try Contender(
            name: "logins", appKey: node.appKey, ports: [node.port], clients: options.clients)
        var (bare, logins): ([Double], [Slot]) = ([], [])
        // The first round only warms up.
        for round in 0...rounds {
            let hashes = try bareLanes.perSecond(for: slot)
            let answered = try contender.run(.login, for: slot)
            guard round > 0 else { continue }
            bare.append(hashes)
            logins.append(answered)
        }
        (self.bare, self.logins) = (bare, logins)

        let capacity = quantile(0.5, of: logins.map(\.perSecond).sorted())
        let probe = try Probe(node, contender)
        let long = Duration.seconds(options.seconds) / 4
        idle = try probe.latencies(for: long)
        let flood = Flood(
            port: node.port, appKey: node.appKey, perSecond: 10 * capacity,
            // What is accepted waits five seconds at most. With the clients' own, a thousand are open.
            connections: min(1_000 - options.clients, Int(capacity * 6) + 100))
        let outcome = Guarded<Result<Flood.Outcome, any Error>?>(nil)
        let attacker = NamedThread("flood") {
            let result = Result { try flood.run(for: long) }
            outcome.withLock { $0 = result }
        }
        overloaded = try probe.latencies(for: long)
        attacker.join()
        guard let result = outcome.withLock({ $0 }) else { throw BenchError(text: "no flood ran") }
        self.flood = try result.get()
        peakMiB = node.peakMiB
    }

    private var efficiencies: [Double] {
        zip(logins, bare).map { $0.perSecond / $1 }
    }

    private var memoryBoundMiB: Double { Double(lanes * Int(cost.memoryKiB)) / 1_024 + 64 }

    private func milliseconds(_ share: Double, _ latencies: [Duration]) -> Double {
        quantile(share, of: latencies.sorted()) / .milliseconds(1)
    }

    static func table(_ results: [LoginsResult]) -> String {
        let head = [
            "cost", "lanes", "hashes/s", "logins/s", "ratio", "p50 ms", "p99 ms", "idle p99 ms",
            "flood p99 ms", "MiB", "of MiB",
        ]
        let rows = results.map { result in
            let latencies = result.logins.flatMap(\.latencies)
            return [
                "\(result.cost.memoryKiB)/\(result.cost.passes)/\(result.cost.parallelism)",
                "\(result.lanes)", number(quantile(0.5, of: result.bare.sorted()), digits: 1),
                number(quantile(0.5, of: result.logins.map(\.perSecond).sorted()), digits: 1),
                number(quantile(0.5, of: result.efficiencies.sorted()), digits: 3),
                number(result.milliseconds(0.5, latencies), digits: 1),
                number(result.milliseconds(0.99, latencies), digits: 1),
                number(result.milliseconds(0.99, result.idle), digits: 2),
                number(result.milliseconds(0.99, result.overloaded), digits: 2),
                number(result.peakMiB, digits: 1), number(result.memoryBoundMiB, digits: 1),
            ]
        }
        let floods = results.map { result in
            let answers = result.flood.statuses.sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value)" }
            return "\nflood at \(result.cost.memoryKiB)/\(result.cost.passes): "
                + (answers + ["not sent: \(result.flood.unsent)"]).joined(separator: ", ")
        }
        return layout([head] + rows, texts: 1) + floods.joined()
    }

    var json: JSONValue {
        let latencies = logins.flatMap(\.latencies)
        return [
            "memory_kib": .integer(Int64(cost.memoryKiB)),
            "passes": .integer(Int64(cost.passes)), "lanes": .integer(Int64(lanes)),
            "bare_hashes_per_second_of_rounds": .array(bare.map(JSONValue.decimal)),
            "logins_per_second_of_rounds": .array(logins.map { .decimal($0.perSecond) }),
            "ratio_of_rounds": .array(efficiencies.map(JSONValue.decimal)),
            "login_p50_ms": .decimal(milliseconds(0.5, latencies)),
            "login_p99_ms": .decimal(milliseconds(0.99, latencies)),
            "introspection_idle_p99_ms": .decimal(milliseconds(0.99, idle)),
            "introspection_overload_p99_ms": .decimal(milliseconds(0.99, overloaded)),
            "peak_resident_mib": .decimal(peakMiB),
            "resident_bound_mib": .decimal(memoryBoundMiB),
            "flood": .object(
                flood.statuses.sorted { $0.key < $1.key }.map {
                    .init(name: "\($0.key)", value: .integer(Int64($0.value)))
                } + [.init(name: "unsent", value: .integer(Int64(flood.unsent)))]),
        ]
    }
}

/// As many lanes as the service has, with nothing to do but hash.
private final class BareLanes: Sendable {
    private let lanes: HashingLanes
    private let cost: HashCost
    private let engine: Argon2Engine

    var count: Int { lanes.count }

    init(_ cost: HashCost) throws {
        self.cost = cost
        engine = try Argon2Engine.chosen(.auto)
        lanes = try HashingLanes(
            count: processors, cost: cost, engine: engine,
            waitMax: .seconds(60))
    }

    deinit { lanes.stop() }

    func perSecond(for duration: Duration) throws -> Double {
        let done = Guarded<(lanes: Int, hashes: Int)>((0, 0))
        let begin = ContinuousClock.now
        let end = begin + duration
        for _ in 0..<count {
            guard case .seated(let seat) = lanes.admit(.stranger, hashes: 1) else {
                throw BenchError(text: "a lane is busy")
            }
            seat.run { [self] arena in
                var hashes = 0
                while ContinuousClock.now < end, hash(in: &arena) { hashes += 1 }
                let made = hashes
                done.change { $0 = ($0.lanes + 1, $0.hashes + made) }
            }
        }
        let hashes = done.wait { $0.lanes == count ? $0.hashes : nil } ?? 0
        return Double(hashes) / ((ContinuousClock.now - begin) / .seconds(1))
    }

    private func hash(in arena: inout Argon2Arena) -> Bool {
        let password = Array("Un-Cheval-1815".utf8)
        let salt = [UInt8](repeating: 7, count: 16)
        let pepper = [UInt8](repeating: 9, count: 32)
        let nothing: [UInt8] = []
        let tag = try? Argon2id.hash(
            password: password.span, salt: salt.span, secret: pepper.span,
            associatedData: nothing.span, cost: cost, tagCount: 32, by: engine, in: &arena)
        return tag != nil
    }
}

/// An application that asks about one session, over and over on one connection.
private struct Probe {
    private let connection: Connection
    private let body: String

    init(_ node: NodeProcess, _ contender: Contender) throws {
        connection = try Connection(port: node.port, key: node.appKey)
        body = "{\"token\":\"\(contender.people[0][0].token)\"}"
    }

    /// A millisecond between an answer and the next question: this is not what loads the service.
    func latencies(for duration: Duration) throws -> [Duration] {
        let end = ContinuousClock.now + duration
        var latencies: [Duration] = []
        while ContinuousClock.now < end {
            usleep(1_000)
            let before = ContinuousClock.now
            _ = try connection.post("/v1/sessions/introspect", body, expecting: 200)
            latencies.append(ContinuousClock.now - before)
        }
        return latencies
    }
}

/// The flood holds more connections than a shell allows by default.
private func raiseFileLimit() throws {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
        throw BenchError(text: "getrlimit: errno \(errno)")
    }
    limit.rlim_cur = min(limit.rlim_max, 4_096)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
        throw BenchError(text: "setrlimit: errno \(errno)")
    }
}
