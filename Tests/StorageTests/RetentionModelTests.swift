import Accounts
import Foundation
import Passwords
import Secrets
import SeededRandom
import Service
import Storage
import Testing

/// What is known of one account in the plainest words.
private struct PlainAccount {
    let number: Int
    var state = "active"
    var since = Timestamp.epoch
    var isRestricted = false
    var isHeld = false
    /// The records of each closure, by their category and date.
    var records: [(category: RetentionCategory, due: Timestamp)] = []
    var tombstone: Timestamp?
    var consents = 0

    var id: AccountID {
        var bytes = [UInt8](repeating: 0, count: 16)
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
        return AccountID(bytes: bytes)
    }
    var locator: Digest { .sha256(of: Array("account \(number)".utf8)) }
    var isFlagged: Bool { isRestricted || isHeld }
    var isGone: Bool { state == "closed" || state == "erased" }

    /// What a run at a time leaves, if it does what the law asks.
    mutating func run(at now: Timestamp, consentsOver: (Timestamp) -> Bool) {
        guard !isFlagged else { return }
        let before = records.count + (tombstone == nil ? 0 : 1) + consents
        records.removeAll { $0.due <= now }
        if let end = tombstone, end <= now { tombstone = nil }
        if state == "closed", consentsOver(since) { consents = 0 }
        let after = records.count + (tombstone == nil ? 0 : 1) + consents
        if state == "closed", before > 0, after == 0 {
            state = "erased"
            since = now
        }
    }
}

/// A store and the model of it, moved side by side.
private final class Walk {
    let store: Store
    let node: RetentionNode
    var random: Seeded
    var accounts: [PlainAccount] = []
    var holdIDs: [String: String] = [:]
    /// Events that each account has seen.
    var lengths: [Int] = []

    private let hash: PHCString

    init(_ store: Store, _ node: RetentionNode, seed: UInt64) throws {
        hash = try phc(1)
        self.store = store
        self.node = node
        random = Seeded(seed)
    }

    func add(_ count: Int) throws {
        let now = node.now
        _ = try store.write { transaction throws(DatabaseError) in
            for _ in 0..<count {
                var account = PlainAccount(number: accounts.count + 1)
                account.since = now
                try AccountStore.insert(
                    account.id, locator: account.locator, keyID: "00000000",
                    profile: .init(email: "p\(account.number)@example.com", displayName: nil),
                    phc: hash, application: "app", at: now, transaction)
                accounts.append(account)
                lengths.append(0)
            }
        }
    }

    /// One event for each of some accounts, in one transaction.
    func step() throws {
        node.wait(.days(Int64(random.next() % 120)) + .seconds(1))
        let now = node.now
        let chosen = Set((0..<200).map { _ in Int(random.next() % UInt64(accounts.count)) })
        _ = try store.write { transaction throws(DatabaseError) in
            for index in chosen.sorted() {
                lengths[index] += 1
                try event(index, now, transaction)
            }
        }
    }

    private func event(
        _ index: Int, _ now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        var account = accounts[index]
        let id = account.id
        switch random.next() % 12 {
        case 0, 1, 2, 3:
            guard ["active", "invited", "suspended"].contains(account.state) else { return }
            try store.close(id, with: node.node, at: now, transaction)
            account.state = "closed"
            account.since = now
            account.records.append((.civilClaims, now.adding(months: 60)))
            account.tombstone = now.adding(months: 36)
        case 4:
            // Come back: only who still has a name to come back under.
            guard account.state == "closed", account.tombstone != nil else { return }
            try move(id, to: .invited(until: now + .days(7)), transaction)
            guard try TombstoneStore.takeUp(by: id, transaction) else { throw .conflict }
            account.state = "invited"
            account.tombstone = nil
        case 5:
            guard account.state == "active" else { return }
            try move(id, to: .suspended, transaction)
            account.state = "suspended"
        case 6:
            guard account.state == "suspended" else { return }
            try move(id, to: .active, transaction)
            account.state = "active"
        case 7:
            guard !account.isGone else { return }
            try consent(id, now, transaction)
            account.consents += 1
        case 8, 9: try flag(&account, now, transaction)
        default: try unflag(&account, now, transaction)
        }
        accounts[index] = account
    }

    private func move(
        _ id: AccountID, to state: AccountState, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE account SET state = \(state.name), state_time_us = \(state.time),
                version = version + 1 WHERE id = \(id)
            """)
    }

    private func consent(
        _ id: AccountID, _ now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let name = Hexadecimal.encode(random.bytes(16))
        try transaction.execute(
            """
            INSERT INTO consent
                (id, account_id, purpose, act, effective_at_us, recorded_at_us, channel, actor)
            VALUES (\(name), \(id), 'P5', 'given', \(now), \(now), 'site', 'app')
            """)
    }

    private func flag(
        _ account: inout PlainAccount, _ now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let isHold = random.next() % 2 == 0
        let record = FlagStore.Record(
            id: Hexadecimal.encode(random.bytes(16)), flag: isHold ? .legalHold : .restricted,
            account: account.id, category: nil, reason: "a test", placedBy: "cli:0", placedAt: now)
        let refusal = try Holds(node.node, actor: "cli:0").place(record, transaction)
        switch refusal {
        case nil:
            #expect(account.state != "erased" && !(isHold ? account.isHeld : account.isRestricted))
            holdIDs["\(account.number) \(isHold)"] = record.id
            if isHold { account.isHeld = true } else { account.isRestricted = true }
        case .unknownAccount?: #expect(account.state == "erased")
        case .standing?: #expect(isHold ? account.isHeld : account.isRestricted)
        default: Issue.record("refused for \(String(describing: refusal))")
        }
    }

    private func unflag(
        _ account: inout PlainAccount, _ now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        for isHold in [true, false] {
            guard let id = holdIDs.removeValue(forKey: "\(account.number) \(isHold)") else {
                continue
            }
            let released = try FlagStore.release(
                id, .init(by: "cli:0", at: now, reason: "a test"), transaction)
            #expect(released?.account == account.id)
            if isHold { account.isHeld = false } else { account.isRestricted = false }
        }
    }

    /// Runs retention, in the store and in the model, and compares the two whole.
    func runAndCompare() throws {
        let now = node.now
        try node.run()
        let rule = node.node.retention.rule(for: .consentProof, at: now)
        for index in accounts.indices {
            accounts[index].run(at: now) { $0 < rule.concludedBefore(now) }
        }
        let found = try Snapshot(store)
        for account in accounts {
            let id = account.id.text
            #expect(found.states[id] == account.state, "account \(account.number)")
            #expect(found.records[id, default: 0] == account.records.count)
            #expect(found.tombstones[id] == account.tombstone?.microseconds)
            #expect(found.consents[id, default: 0] == account.consents)
        }
    }
}

/// Everything that the comparison needs, read once.
private struct Snapshot {
    var states: [String: String] = [:]
    var records: [String: Int] = [:]
    var tombstones: [String: Int64] = [:]
    var consents: [String: Int] = [:]

    init(_ store: Store) throws {
        let pairs = try store.read { reader throws(DatabaseError) in
            try reader.rows("SELECT id, state FROM account") { row throws(DatabaseError) in
                (try row.text(0), try row.text(1))
            }
        }
        states = Dictionary(uniqueKeysWithValues: pairs)
        for id in try texts("SELECT account_id FROM sealed_record", store) {
            records[id, default: 0] += 1
        }
        for id in try texts("SELECT account_id FROM consent", store) {
            consents[id, default: 0] += 1
        }
        let ends = try store.read { reader throws(DatabaseError) in
            try reader.rows(
                "SELECT account_id, erase_after_us FROM identifier WHERE NOT is_live"
            ) { row throws(DatabaseError) in (try row.text(0), try row.int64(1)) }
        }
        tombstones = Dictionary(uniqueKeysWithValues: ends)
    }
}

private func texts(_ sql: SQL, _ store: Store) throws -> [String] {
    try store.read { reader throws(DatabaseError) in
        try reader.rows(sql) { row throws(DatabaseError) in try row.text(0) }
    }
}

@Suite struct `Two thousand random lives in a store` {
    /// More in `.ci/long`.
    private static let count =
        Int(ProcessInfo.processInfo.environment["LIVES"] ?? "") ?? 2_000

    @Test(arguments: TestDatabase.all)
    func `go as a plain model says, and keep every promise`(test: TestDatabase) throws {
        try Store.withNode(test) { store, node in
            let walk = try Walk(store, node, seed: 7)
            try walk.add(Self.count)
            for round in 0..<(Self.count / 20) {
                try walk.step()
                if round % 5 == 4 {
                    try walk.runAndCompare()
                    try keepsPromises(walk, at: node.now)
                }
            }
            #expect(walk.lengths.allSatisfy { $0 >= 1 })
            let erased = walk.accounts.filter { $0.state == "erased" }
            #expect(erased.count > Self.count / 20, "\(erased.count) were erased")
            try isProven(erased.map(\.id.text), in: walk)
        }
    }

    private func keepsPromises(_ walk: Walk, at now: Timestamp) throws {
        let store = walk.store
        let gone = walk.accounts.filter(\.isGone)
        // Closed or erased is never readable online.
        let online: [SQL] = [
            "SELECT p.account_id FROM profile p JOIN account a ON a.id = p.account_id WHERE a.state IN ('closed', 'erased')",
            "SELECT p.account_id FROM password p JOIN account a ON a.id = p.account_id WHERE a.state IN ('closed', 'erased')",
            "SELECT i.account_id FROM identifier i JOIN account a ON a.id = i.account_id WHERE i.is_live AND a.state IN ('closed', 'erased')",
        ]
        for sql in online { #expect(try texts(sql, store).isEmpty) }
        for account in gone.prefix(50) {
            #expect(try store.find(locators: [account.locator])?.id != account.id)
            // No third party takes a tombstoned identifier; one whose time is over is free.
            let isTaken = try store.read { reader throws(DatabaseError) in
                try AccountStore.isTaken(locators: [account.locator], reader)
            }
            #expect(isTaken == (account.tombstone != nil))
        }
        // Kept data always has a basis and a date, and is gone when that is over, unless held.
        #expect(
            try store.number(
                "SELECT count(*) FROM sealed_record WHERE basis = '' OR category = ''") == 0)
        #expect(
            try store.number(
                "SELECT count(*) FROM identifier WHERE NOT is_live AND erase_after_us IS NULL") == 0
        )
        #expect(
            try store.number(
                """
                SELECT count(*) FROM sealed_record r WHERE r.erase_after_us <= \(now)
                    AND NOT EXISTS (SELECT 1 FROM account_flag f WHERE f.account_id = r.account_id
                        AND f.released_at_us IS NULL)
                """) == 0)
        // Erased is gone everywhere.
        for table in [
            "SELECT account_id FROM sealed_record", "SELECT account_id FROM archive_locator",
            "SELECT account_id FROM identifier", "SELECT account_id FROM consent",
            "SELECT account_id FROM profile", "SELECT account_id FROM password",
            "SELECT account_id FROM session",
        ] as [SQL] {
            let owners = Set(try texts(table, store))
            #expect(gone.allSatisfy { $0.state != "erased" || !owners.contains($0.id.text) })
        }
    }

    /// Every account that was erased, and every record that went, has one proof, and it is good.
    private func isProven(_ erased: [String], in walk: Walk) throws {
        var proven: [String] = []
        var records = Set<String>()
        try ErasureJournal(walk.node.node).records { record, isGood in
            #expect(isGood)
            if record.erasure.thing == .account {
                proven.append(record.erasure.account?.text ?? "")
            }
            if record.erasure.thing == .category(.civilClaims) {
                #expect(records.insert(record.erasure.record).inserted)
            }
        }
        #expect(proven.sorted() == erased.sorted())
        #expect(!records.isEmpty)
    }
}
