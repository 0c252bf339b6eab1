import Foundation
import Passwords
import Service

/// Whether the time of a request for a reset link tells what stands behind an identifier: unknown, known,
/// closed and suspended ones, each asked for once, in turns, from spread addresses.
///
/// An identifier is answered about five times an hour in earnest, so the measure is what one answer tells:
/// how often the slower of two, one of each kind, is of the same kind. One half tells nothing; exit 1
/// beyond 0.55.
func measureResets() throws {
    let each = 5_000
    let node = try NodeProcess(memoryKiB: 32, passes: 1, accounts: each)
    let connection = try Connection(port: node.port, key: node.appKey)
    var count = 0
    let ask = { (email: String) throws -> Double in
        count += 1
        let address = "10.\(count >> 16 & 255).\(count >> 8 & 255).\(count & 255)"
        let body = "{\"email\":\"\(email)\",\"client\":{\"ip\":\"\(address)\"}}"
        let before = ContinuousClock.now
        _ = try connection.post("/v1/password-resets", body, expecting: 202)
        return (ContinuousClock.now - before) / .microseconds(1)
    }
    for number in 0..<100 { _ = try ask("warm-\(number)@example.com") }
    let kinds = Population.Kind.allCases
    var samples: [Population.Kind: [Double]] = [:]
    for number in 0..<each {
        for index in kinds.indices.map({ ($0 + number) % kinds.count }) {
            let spread = (number * 1_999 + index * 1_237) % each
            samples[kinds[index], default: []].append(try ask(kinds[index].email(spread)))
        }
    }
    let known = samples[.wrong] ?? []
    let median = { (sample: [Double]) in quantile(0.5, of: sample.sorted()) }
    var told: [String] = []
    var rows = [["compared", "median µs", "with µs", "z", "one tells"]]
    for kind in kinds where kind != .wrong {
        let test = TwoSampleTest(samples[kind] ?? [], known)
        // The rank sum's z, back as a share of pairs.
        let pairs = Double(each) * Double(each)
        let share = 0.5 + abs(test.z) * ((2 * Double(each) + 1) / (12 * pairs)).squareRoot()
        rows.append([
            "\(kind.rawValue) with known", number(median(samples[kind] ?? []), digits: 1),
            number(median(known), digits: 1), number(test.z, digits: 2), number(share, digits: 3),
        ])
        if share > 0.55 { told.append(kind.rawValue) }
    }
    print(layout(rows, texts: 1))
    guard told.isEmpty else {
        throw BenchError(text: "told from a known one: \(told.joined(separator: ", "))")
    }
}
