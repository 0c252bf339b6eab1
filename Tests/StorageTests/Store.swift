import Accounts
import Foundation
import Passwords
import Secrets
import Storage
import Testing
import Threads

/// An empty store with the whole schema, on every database there is.
struct Store: Sendable {
    let database: any Database

    static func with(_ test: TestDatabase, _ body: (Store) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let database = try test.open(folder)
        defer { database.close() }
        _ = try Migrations.loquet.apply(to: database, nowMicroseconds: 0)
        try body(Store(database: database))
    }

    func write<Answer>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        try database.transaction(body)
    }

    func read<Answer>(
        _ body: (borrowing Reader) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        try database.read(body)
    }

    func number(_ sql: SQL) throws -> Int64 {
        let found = try read { reader throws(DatabaseError) in
            try reader.first(sql) { row throws(DatabaseError) in try row.int64(0) }
        }
        return try #require(found)
    }

    /// Makes an account whose every value follows from a number.
    @discardableResult
    func account(_ number: UInt8, at now: Timestamp = .epoch) throws -> AccountStore.Record {
        let id = AccountID(number)
        let phc = try phc(number)
        try write { transaction throws(DatabaseError) in
            try AccountStore.insert(
                id, locator: .of(number), keyID: "00000000",
                profile: .init(email: "p\(number)@example.com", displayName: nil), phc: phc,
                application: "app", at: now, transaction)
        }
        return try #require(try find(id))
    }

    func find(_ id: AccountID) throws(DatabaseError) -> AccountStore.Record? {
        try read { reader throws(DatabaseError) in try AccountStore.find(id, reader) }
    }

    func find(locators: [Digest]) throws(DatabaseError) -> AccountStore.Record? {
        try read { reader throws(DatabaseError) in
            try AccountStore.findOrStandIn(locators, reader)
        }
    }
}

/// A stored hash that was never computed; what differs is its tag.
func phc(_ number: UInt8, memoryKiB: Int = 32) throws -> PHCString {
    let salt = String(repeating: "A", count: 22)
    let tag = Data([UInt8](repeating: number, count: 32)).base64EncodedString().dropLast()
    return try PHCString("$argon2id$v=19$m=\(memoryKiB),t=1,p=1$\(salt)$\(tag)")
}

extension OpaqueID {
    init(_ number: UInt8) {
        self.init(bytes: [UInt8](repeating: number, count: 16))
    }
}

extension Digest {
    static func of(_ number: UInt8) -> Digest { .sha256(of: [number]) }
}

extension Timestamp {
    /// Seconds since the epoch.
    static func second(_ count: Int64) -> Timestamp { Timestamp(seconds: count) }
}

/// Runs `body` on `count` threads at once; a conflict is an answer.
func racing<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws(DatabaseError) -> Value
) -> [Result<Value, DatabaseError>] {
    let results = Guarded<[Result<Value, DatabaseError>]>([])
    let threads = (0..<count).map { index in
        NamedThread("race-\(index)") {
            let result: Result<Value, DatabaseError>
            do throws(DatabaseError) {
                result = .success(try body(index))
            } catch {
                result = .failure(error)
            }
            results.withLock { $0.append(result) }
        }
    }
    for thread in threads { thread.join() }
    return results.withLock { $0 }
}
