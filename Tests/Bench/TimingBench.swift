import Foundation
import Passwords
import Service

/// Whether the time of an answer tells what stands behind an identifier: unknown, known with a wrong
/// password, closed and suspended ones, each asked once, in turns, from spread addresses.
///
/// Exit 1 when a two-sample test tells any of them from a wrong password (p < 0.001), or when the
/// harness would not have noticed 100 µs.
func measureTiming(_ options: Options) throws {
    let cheap = HashCost.cheapest
    let trials = [
        try TimingTrial(cheap, attempts: 20_000, options),
        try TimingTrial(.standard, attempts: 2_000, options),
    ]
    let rows = trials.flatMap(\.rows)
    print(
        aligned(
            [["cost", "compared", "median µs", "with µs", "z", "p"]] + rows.map(\.cells), left: 2))
    if let path = options.jsonPath {
        try Data(JSONValue.array(rows.map(\.json)).bytes + [0x0A])
            .write(to: URL(fileURLWithPath: path))
    }
    let wrong = rows.filter { !$0.isAsExpected }
    guard wrong.isEmpty else {
        let names = wrong.map(\.name).joined(separator: ", ")
        throw BenchError(text: "not as it should be: \(names)")
    }
}

/// One comparison of two samples.
private struct TimingRow {
    /// What a difference must be at least, to be called one.
    private static let significance = 0.001

    let cost: HashCost
    let name: String
    let first: [Double]
    let second: [Double]
    /// Whether the two are meant to differ: the harness's own test.
    var isInjected = false

    private var test: TwoSampleTest { TwoSampleTest(first, second) }

    var isAsExpected: Bool { (test.p < Self.significance) == isInjected }

    var cells: [String] {
        let test = test
        return [
            "\(cost.memoryKiB)/\(cost.passes)/\(cost.parallelism)", name,
            text(median(first), digits: 1), text(median(second), digits: 1),
            text(test.z, digits: 2), text(test.p, digits: 4),
        ]
    }

    var json: JSONValue {
        let test = test
        return [
            "memory_kib": .integer(Int64(cost.memoryKiB)), "compared": .string(name),
            "attempts": .integer(Int64(first.count + second.count)),
            "median_us": .decimal(median(first)), "with_median_us": .decimal(median(second)),
            "z": .decimal(test.z), "p": .decimal(test.p),
        ]
    }

    private func median(_ sample: [Double]) -> Double { quantile(0.5, of: sample.sorted()) }
}

private struct TimingTrial {
    let rows: [TimingRow]

    init(_ cost: HashCost, attempts: Int, _ options: Options) throws {
        complain(
            "bench: \(attempts) sign-ins at \(cost.memoryKiB)/\(cost.passes)/\(cost.parallelism)")
        let kinds = Population.Kind.allCases
        let each = attempts / kinds.count
        let isCheap = cost == .cheapest
        let throttled = isCheap ? each / 10 : 0
        let node = try NodeProcess(
            memoryKiB: cost.memoryKiB, passes: cost.passes, accounts: each + throttled)
        let client = try TimingClient(node)
        var samples: [Population.Kind: [Double]] = [:]
        for number in 0..<each {
            // Nobody is always first, and nobody's rows are beside those just read: they were written in
            // order, and what is still in a cache would be taken for a difference.
            for index in kinds.indices.map({ ($0 + number) % kinds.count }) {
                let spread = (number * 1_999 + index * 1_237) % each
                samples[kinds[index], default: []].append(
                    try client.signIn(kinds[index].email(spread), expecting: 401))
            }
        }
        let wrong = samples[.wrong] ?? []
        var rows = kinds.filter { $0 != .wrong }.map { kind in
            TimingRow(
                cost: cost, name: "\(kind.rawValue) with wrong password",
                first: samples[kind] ?? [], second: wrong)
        }
        if isCheap {
            rows.insert(try Self.injection(client, cost, pairs: each), at: 0)
            rows.append(
                try Self.throttling(client, cost, numbers: each..<(each + throttled)))
        }
        self.rows = rows
    }

    /// Unknown names, with 100 µs put into every second attempt.
    private static func injection(
        _ client: TimingClient, _ cost: HashCost, pairs: Int
    ) throws -> TimingRow {
        var (slowed, plain): ([Double], [Double]) = ([], [])
        for number in 0..<pairs {
            slowed.append(
                try client.signIn("slow-\(number)@example.com", expecting: 401, injecting: true))
            plain.append(try client.signIn("plain-\(number)@example.com", expecting: 401))
        }
        return TimingRow(
            cost: cost, name: "100 µs injected", first: slowed, second: plain, isInjected: true)
    }

    /// The first throttled answer, after five failures.
    private static func throttling(
        _ client: TimingClient, _ cost: HashCost, numbers: Range<Int>
    ) throws -> TimingRow {
        var (unknown, known): ([Double], [Double]) = ([], [])
        for number in numbers {
            let emails = [
                Population.Kind.unknown.email(number), Population.Kind.wrong.email(number),
            ]
            for _ in 0..<5 {
                for email in emails { _ = try client.signIn(email, expecting: 401) }
            }
            let isUnknownFirst = number % 2 == 0
            for email in isUnknownFirst ? emails : emails.reversed() {
                let time = try client.signIn(email, expecting: 429)
                if email == emails[0] { unknown.append(time) } else { known.append(time) }
            }
        }
        return TimingRow(
            cost: cost, name: "unknown with known, first throttled answer", first: unknown,
            second: known)
    }
}

/// One attempt after the other on one connection.
private final class TimingClient {
    private let connection: Connection
    private var count = 0

    init(_ node: NodeProcess) throws {
        connection = try Connection(port: node.port, key: node.appKey)
        // Caches and statements are warm before anything counts.
        for number in 0..<100 { _ = try signIn("warm-\(number)@example.com", expecting: 401) }
    }

    /// - Returns: µs from the first byte sent to the last one read.
    func signIn(_ email: String, expecting status: Int, injecting: Bool = false) throws -> Double {
        count += 1
        let address = "10.\(count >> 16 & 255).\(count >> 8 & 255).\(count & 255)"
        let body = """
            {"email":"\(email)","password":"Wrong-Cheval-1815","client":{"ip":"\(address)"}}
            """
        let before = ContinuousClock.now
        while injecting, ContinuousClock.now - before < .microseconds(100) {}
        _ = try connection.post("/v1/sessions", body, expecting: status)
        return (ContinuousClock.now - before) / .microseconds(1)
    }
}

extension HashCost {
    /// What the tests use, which no settings file can name.
    fileprivate static var cheapest: HashCost {
        guard let cost = try? HashCost(memoryKiB: 32, passes: 1) else {
            preconditionFailure("32 KiB and one pass are within Argon2's bounds")
        }
        return cost
    }
}
