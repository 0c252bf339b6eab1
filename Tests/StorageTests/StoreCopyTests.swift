import Accounts
import Secrets
import Storage
import Testing

/// From one database to another, in every combination.
struct Direction: Sendable, CustomTestStringConvertible {
    let source: TestDatabase
    let target: TestDatabase

    var testDescription: String { "\(source.testDescription) to \(target.testDescription)" }

    static let all = TestDatabase.all.flatMap { source in
        TestDatabase.all.map { Direction(source: source, target: $0) }
    }
}

@Suite struct `A copy of a store` {
    @Test(arguments: Direction.all)
    func `holds every row of every table, as it is`(_ direction: Direction) throws {
        try with(direction) { source, target in
            try fill(source)
            let copy = StoreCopy(from: source, to: target, batchRows: 3)
            #expect(try copy.prepare(at: .epoch) == .begins)
            var last: StoreCopy.Progress?
            try copy.run { last = $0 }
            let compared = try copy.comparisons()
            #expect(compared.filter { !$0.isEqual }.map(\.table) == [])
            #expect(compared.allSatisfy { $0.source.rowCount > 0 }, "every table has rows")
            let total = compared.reduce(0) { $0 + $1.target.rowCount }
            #expect(last?.rowsDone == total)
            #expect(last?.rowsTotal == total)
            try copy.finish()
            // The counter came along.
            let next = try target.transaction { transaction throws(DatabaseError) in
                try IncidentQueue.nextSequence(transaction)
            }
            #expect(next == 8)
        }
    }

    @Test(arguments: Direction.all)
    func `goes on wherever it was cut off`(_ direction: Direction) throws {
        try with(direction) { source, target in
            try fill(source)
            var standings: [StoreCopy.Standing] = []
            // One batch in each attempt: cut off after every one there is.
            for _ in 0..<200 {
                let copy = StoreCopy(from: source, to: target, batchRows: 2)
                standings.append(try copy.prepare(at: .epoch))
                #expect(try StoreCopy.isUnderWay(in: target))
                let before = try rowCount(target)
                do throws(DatabaseError) {
                    try copy.run { _ throws(DatabaseError) in
                        if try rowCount(target) > before { throw .unavailable("cut off") }
                    }
                } catch {
                    #expect(error == .unavailable("cut off"))
                    continue
                }
                #expect(try copy.comparisons().allSatisfy(\.isEqual))
                try copy.finish()
                break
            }
            #expect(standings.first == .begins)
            #expect(standings.count > 20)
            #expect(standings.dropFirst().allSatisfy { $0 == .goesOn })
            #expect(try !StoreCopy.isUnderWay(in: target))
            #expect(try StoreCopy(from: source, to: target).prepare(at: .epoch) == .isThere)
        }
    }

    @Test(arguments: Direction.all)
    func `is refused where another store is`(_ direction: Direction) throws {
        try with(direction) { source, target in
            try fill(source)
            try Migrations.loquet.apply(to: target, nowMicroseconds: 0)
            try addKey(target, check: 99)
            let copy = StoreCopy(from: source, to: target)
            #expect(throws: foreign) { try copy.prepare(at: .epoch) }
            #expect(try rowCount(target) == 1)
            #expect(try !StoreCopy.isUnderWay(in: target))
        }
    }

    @Test(arguments: Direction.all)
    func `is refused where rows are that belong to no store`(_ direction: Direction) throws {
        try with(direction) { source, target in
            try fill(source)
            try Migrations.loquet.apply(to: target, nowMicroseconds: 0)
            try execute("INSERT INTO counter (name, value) VALUES ('event', 3)", target)
            #expect(throws: foreign) {
                try StoreCopy(from: source, to: target).prepare(at: .epoch)
            }
        }
    }

    @Test(arguments: Direction.all)
    func `of one store is not gone on with from another`(_ direction: Direction) throws {
        try with(direction) { source, target in
            try fill(source)
            #expect(try StoreCopy(from: source, to: target).prepare(at: .epoch) == .begins)
            try execute("UPDATE service_key SET check_value = \(Digest.of(77))", source)
            #expect(throws: foreign) {
                try StoreCopy(from: source, to: target).prepare(at: .epoch)
            }
        }
    }

    @Test(arguments: Direction.all)
    func `that differs in one value, or by one row, is found out`(_ direction: Direction) throws {
        try with(direction) { source, target in
            try fill(source)
            let copy = StoreCopy(from: source, to: target)
            _ = try copy.prepare(at: .epoch)
            try copy.run { _ in }
            try execute(
                "UPDATE password SET must_change = NOT must_change WHERE account_id = \(AccountID(3))",
                target)
            try execute("DELETE FROM audit WHERE id = 'b'", target)
            let compared = try copy.comparisons().filter { !$0.isEqual }
            #expect(compared.map(\.table) == ["audit", "password"])
            #expect(compared.map { $0.source.rowCount - $0.target.rowCount } == [1, 0])
        }
    }

    @Test(arguments: Direction.all)
    func `needs a source that is a store of this schema`(_ direction: Direction) throws {
        try with(direction) { source, target in
            let copy = StoreCopy(from: source, to: target)
            #expect(throws: DatabaseError.self) { try copy.prepare(at: .epoch) }
            try Migrations.loquet.apply(to: source, nowMicroseconds: 0)
            #expect(throws: DatabaseError.refused("the source holds no keys, so it is no store")) {
                try copy.prepare(at: .epoch)
            }
            try fill(source)
            try execute("CREATE TABLE copy_under_way (store BYTEA NOT NULL PRIMARY KEY)", source)
            #expect(
                throws: DatabaseError.refused("the source is itself a copy that was not finished")
            ) { try copy.prepare(at: .epoch) }
            #expect(try !target.hasTable("service_key"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is not made of a store that is served`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            #expect(try StoreCopy.servedUntil(store.database, at: .epoch) == nil)
            _ = try store.write { transaction throws(DatabaseError) in
                try WorkLeaseStore.take(
                    "detection", holder: [1], until: .second(15), at: .epoch, transaction)
            }
            #expect(try StoreCopy.servedUntil(store.database, at: .second(14)) == .second(15))
            #expect(try StoreCopy.servedUntil(store.database, at: .second(15)) == nil)
        }
    }

    private func with(
        _ direction: Direction, _ body: (any Database, any Database) throws -> Void
    ) throws {
        let folders = (try TemporaryFolder(), try TemporaryFolder())
        let source = try direction.source.open(folders.0)
        defer { source.close() }
        let target = try direction.target.open(folders.1)
        defer { target.close() }
        try body(source, target)
    }

    private let foreign = DatabaseError.refused(
        "the target holds another store or other rows; nothing was copied")
}

private func execute(_ sql: SQL, _ database: any Database) throws(DatabaseError) {
    _ = try database.transaction { transaction throws(DatabaseError) in
        try transaction.execute(sql)
    }
}

private func rowCount(_ database: any Database) throws(DatabaseError) -> Int64 {
    try database.read { reader throws(DatabaseError) in
        let count = try reader.first(
            """
            SELECT (SELECT count(*) FROM service_key) + (SELECT count(*) FROM archive_certificate)
                + (SELECT count(*) FROM api_key) + (SELECT count(*) FROM audit)
                + (SELECT count(*) FROM account) + (SELECT count(*) FROM identifier)
                + (SELECT count(*) FROM profile) + (SELECT count(*) FROM password)
                + (SELECT count(*) FROM closed_record) + (SELECT count(*) FROM session)
                + (SELECT count(*) FROM device) + (SELECT count(*) FROM idempotency)
                + (SELECT count(*) FROM throttle) + (SELECT count(*) FROM sign_in)
                + (SELECT count(*) FROM work_lease) + (SELECT count(*) FROM counter)
                + (SELECT count(*) FROM event) + (SELECT count(*) FROM delivery)
                + (SELECT count(*) FROM verdict) + (SELECT count(*) FROM policy_switch)
                + (SELECT count(*) FROM password_audit)
                + (SELECT count(*) FROM sink)
                + (SELECT count(*) FROM incident)
                + (SELECT count(*) FROM incident_finding) + (SELECT count(*) FROM incident_entry)
                + (SELECT count(*) FROM dossier_field) + (SELECT count(*) FROM dossier_version)
                + (SELECT count(*) FROM sealed_record)
                + (SELECT count(*) FROM archive_locator) + (SELECT count(*) FROM archive_challenge)
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }
}

private func addKey(_ database: any Database, check: UInt8) throws(DatabaseError) {
    _ = try database.transaction { transaction throws(DatabaseError) in
        try KeyStore.insert(
            .init(
                id: "key-\(check)", purpose: "p\(check)", checkValue: .of(check), isCurrent: true),
            at: .epoch, transaction)
    }
}

/// Rows in every table: NULLs, empty values, text that databases sort differently.
private func fill(_ database: any Database) throws {
    try Migrations.loquet.apply(to: database, nowMicroseconds: 0)
    let store = Store(database: database)
    for number in [1, 2, 3, 4, 5] as [UInt8] { try store.account(number) }
    for number in [1, 2, 3] as [UInt8] {
        try store.write { transaction throws(DatabaseError) in
            try VerdictStore.save(
                .init(keyID: "0000000\(number)", sealed: [number, 0, 255]), of: AccountID(number),
                transaction)
        }
    }
    for check in [1, 2] as [UInt8] { try addKey(database, check: check) }
    let (none, id): (Int64?, AccountID) = (nil, AccountID(3))
    let empty: [UInt8] = []
    for name in ["Z", "a", "É", "é", "_", "b", ""] {
        let digest = Digest.sha256(of: Array(name.utf8))
        let statements: [SQL] = [
            """
            INSERT INTO audit (id, at_us, actor, action, object)
            VALUES (\(name), -1, 'cli:0', 'x', \(name))
            """,
            """
            INSERT INTO archive_certificate
                (fingerprint, pem, created_at_us, possession_proven_at_us)
            VALUES (\(digest), \(name), 9223372036854775807, \(none))
            """,
            """
            INSERT INTO api_key (id, kind, name, roles, digest, created_at_us, expires_at_us)
            VALUES (\(name), 'application', 'n', '', \(digest), 1, \(none))
            """,
            """
            INSERT INTO session
                (digest, account_id, application, created_at_us, expires_at_us, used_at_us)
            VALUES (\(digest), \(id), \(name), 1, 2, 3)
            """,
            """
            INSERT INTO device (digest, account_id, created_at_us, expires_at_us)
            VALUES (\(digest), \(id), 1, 2)
            """,
            """
            INSERT INTO idempotency (caller, route, key_digest, fingerprint, created_at_us)
            VALUES (\(digest), \(name), \(empty), \(digest), 4)
            """,
            """
            INSERT INTO throttle (locator, client, state, dies_at_us)
            VALUES (\(empty), \(name), \(digest), 5)
            """,
            """
            INSERT INTO sign_in
                (id, at_us, minute, outcome, subject, source, application, attempts, folded)
            VALUES (\(name), 1, 2, 'throttled', \(name), '', 'app', 3, 0)
            """,
            "INSERT INTO work_lease (name, holder, until_us) VALUES (\(name), \(empty), -5)",
            """
            INSERT INTO policy_switch
                (number, at_us, actor, policy, version, stage, rules, block_after_us, content)
            VALUES ((SELECT count(*) FROM policy_switch), 1, 'cli:0', 'p', 1, 'monitor', '', \(none), \(empty))
            """,
            """
            INSERT INTO password_audit (id, state, actor, asked_at_us, beat_at_us, report)
            VALUES (\(name), 'done', 'cli:0', 1, 2, \(empty))
            """,
            "INSERT INTO sink (name, dead_untold, dead_told_at_us) VALUES (\(name), 3, 0)",
            """
            INSERT INTO privacy_policy
                (version, effective_at_us, added_at_us, actor, told_after, told_at_us)
            VALUES (\(name), 1, -2, 'cli:0', \(name), \(none))
            """,
            """
            INSERT INTO privacy_policy_text (version, locale, digest, content)
            VALUES (\(name), \(name), \(digest), \(empty))
            """,
            """
            INSERT INTO policy_acceptance (version, account_id, at_us, locale, channel, actor)
            VALUES (\(name), \(id), 1, 'fr', \(name), 'x')
            """,
            """
            INSERT INTO consent
                (id, account_id, purpose, act, effective_at_us, recorded_at_us, channel, actor)
            VALUES (\(name), \(id), 'P5', 'given', 1, 2, 'site', \(name))
            """,
            """
            INSERT INTO sealed_record (id, account_id, category, basis, erase_after_us, sealed,
                digest, archive_key, sealed_at_us)
            VALUES (\(name), \(id), \(name), 'law', 7, \(empty), \(digest), \(digest), 8)
            """,
            """
            INSERT INTO account_flag
                (id, flag, account_id, category, reason, placed_by, placed_at_us)
            VALUES (\(name), 'legal_hold', \(id), \(name), \(name), 'cli:0', 9)
            """,
            """
            INSERT INTO erasure (id, account_id, thing, record, count, erase_after_us, erased_at_us,
                key_id, proof)
            VALUES (\(name), \(id), 'account', '', 1, 2, 3, \(name), \(empty))
            """,
            """
            INSERT INTO archive_locator (account_id, locator, key_id)
            VALUES (\(id), \(digest), \(name))
            """,
            """
            INSERT INTO archive_challenge (fingerprint, answer_digest, expires_at_us)
            VALUES (\(digest), \(digest), 9)
            """,
            "INSERT INTO audit_head (name, sequence, digest) VALUES (\(name), 3, \(digest))",
            "INSERT INTO audit_mark (kind, sequence, line) VALUES (\(name), 3, 'l')",
        ]
        for statement in statements { try execute(statement, database) }
        try store.write { transaction throws(DatabaseError) in
            let sequence = try IncidentQueue.nextSequence(transaction)
            try IncidentQueue.enqueue(
                eventID: name, type: "t", sequence: sequence, body: Array(name.utf8),
                sinks: ["pull", "é"], at: .epoch, transaction)
        }
    }
    for name in ["Z", "é", ""] { try fillIncident(name, store) }
    try execute("INSERT INTO canary (account_id, added_at_us) VALUES (\(id), 6)", database)
    try execute(
        """
        INSERT INTO closed_record
            (account_id, email, display_name, reason, created_at_us, closed_at_us)
        VALUES (\(id), 'sealed', 'Ada', 'asked', 1, 2)
        """, database)
}

private func fillIncident(_ name: String, _ store: Store) throws {
    let empty: [UInt8] = []
    let none: Int64? = nil
    let statements: [SQL] = [
        """
        INSERT INTO incident
            (id, version, state, severity, origin, thing, opened_at_us, first_at_us, last_at_us,
            findings, suspected_at_us, clock_start, notify_hours, warned, authority_reason,
            people_reason, dismissed_because, processor, summary)
        VALUES (\(name), 1, 'open', 'high', 'detected', \(name), 1, 2, -3, 4, \(none), 'suspicion',
            72, 0, '', '', \(name), '', '')
        """,
        """
        INSERT INTO incident_finding
            (incident_id, uid, type, severity, subject, count, succeeded, window_us, start_us,
            last_us, source, message)
        VALUES (\(name), \(name), 't', 'low', 's', 1, 2, 3, 4, 5, '', \(name))
        """,
        """
        INSERT INTO incident_entry (incident_id, number, at_us, actor, action, text)
        VALUES (\(name), 1, 2, 'cli:0', 'noted', \(name))
        """,
        """
        INSERT INTO dossier_field (incident_id, field, value, at_us, actor)
        VALUES (\(name), 'cause', \(name), 1, 'cli:0')
        """,
        """
        INSERT INTO dossier_version (incident_id, number, kind, at_us, actor, content)
        VALUES (\(name), 1, 'initial', 2, 'cli:0', \(empty))
        """,
    ]
    for statement in statements { try execute(statement, store.database) }
}
