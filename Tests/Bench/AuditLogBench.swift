import Accounts
import Foundation
import Secrets
import Service
import Storage
import Threads

struct AuditLogOptions {
    static let usage = "[--records N]"

    /// 1_000 ... 10_000_000.
    let records: Int

    init(_ words: [String]) throws(OptionError) {
        let words = try OptionWords(words, known: ["--records"])
        records = try words.number("--records", in: 1_000...10_000_000, unless: 1_000_000)
    }
}

/// What the chain of the audit log costs: to verify a million records, and to append one in a transaction
/// of its own, alone and by four writers at once, on both databases.
func measureAuditLog(_ options: AuditLogOptions) throws {
    try measure("SQLite", storage: "sqlite", options)
    guard let programs = Cluster.installed else {
        return complain("bench: no PostgreSQL here: run config/setup --servers")
    }
    let cluster = try Cluster(programs: programs)
    defer { withExtendedLifetime(cluster) {} }
    try measure("PostgreSQL", storage: cluster.storage, options)
}

private func measure(_ name: String, storage: String, _ options: AuditLogOptions) throws {
    try withNewStore(storage: storage) { try measure(name, on: $0, options) }
}

private func measure(_ name: String, on node: Node, _ options: AuditLogOptions) throws {
    let database = node.database
    let single = try seconds { try append(500, each: 1, from: 0, to: database) }
    let plain = try seconds { try insertUnchained(500, into: database) }
    let four = try seconds { try appendByFour(125, to: database) }
    complain("\(name): writing \(options.records) records")
    let bulk = try seconds {
        try append(options.records, each: 1_000, from: 10_000, to: database)
    }
    try database.transaction { transaction throws(DatabaseError) in
        _ = try transaction.execute("DELETE FROM audit WHERE sequence IS NULL")
    }
    let before = residentBytes()
    var peak = before
    var pages = 0
    var report: AuditVerification.Report?
    let verify = try seconds {
        report = try AuditVerification(node).run { _, _ in
            pages += 1
            if pages % 20 == 0 { peak = max(peak, residentBytes()) }
        }
    }
    guard let report, report.isSound else { throw BenchError(text: "the log is not sound") }
    print(
        """
        \(name)
        a record in a commit of its own   \(micros(single / 500)) us; not chained \(micros(plain / 500)) us
        by four writers at once           \(micros(four / 500)) us a record
        a record in a commit of 1000      \(micros(bulk / Double(options.records))) us
        verified                          \(report.records) records in \(String(format: "%.1f", verify)) s, \
        \(Int(Double(report.records) / verify)) a second
        resident MiB                      \(before / 1_048_576) before, \(peak / 1_048_576) at most
        """)
}

private func append(
    _ count: Int, each batch: Int, from first: Int, to database: any Database
) throws(DatabaseError) {
    for start in stride(from: 0, to: count, by: batch) {
        try database.transaction { transaction throws(DatabaseError) in
            for number in start..<min(start + batch, count) {
                try AuditStore.append(record("r\(first + number)"), transaction)
            }
        }
    }
}

/// The same row in no chain, as it was written before there was one.
private func insertUnchained(_ count: Int, into database: any Database) throws(DatabaseError) {
    for number in 0..<count {
        let record = record("u\(number)")
        try database.transaction { transaction throws(DatabaseError) in
            _ = try transaction.execute(
                """
                INSERT INTO audit (id, at_us, actor, action, object)
                VALUES (
                    \(record.id), \(record.at), \(record.actor), \(record.action),
                    \(record.object)
                )
                """)
        }
    }
}

private func appendByFour(_ count: Int, to database: any Database) throws {
    let failures = Guarded<[DatabaseError]>([])
    let writers = (0..<4).map { writer in
        NamedThread("writer-\(writer)") {
            do throws(DatabaseError) {
                for number in 0..<count {
                    try database.transaction { transaction throws(DatabaseError) in
                        try AuditStore.append(record("w\(writer)-\(number)"), transaction)
                    }
                }
            } catch {
                failures.withLock { $0.append(error) }
            }
        }
    }
    for writer in writers { writer.join() }
    if let failure = failures.withLock({ $0.first }) { throw failure }
}

private func record(_ id: String) -> AuditStore.Record {
    AuditStore.Record(
        id: id, at: systemTime(), actor: "cli:1000", action: "account.registered",
        object: "acc_0rdccxxgyjrq3jv9s1v2ng9ekp")
}

private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
}

private func micros(_ seconds: Double) -> Int { Int(seconds * 1e6) }
