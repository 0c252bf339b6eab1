import Accounts
import Incidents
import Secrets
import Storage
import Testing
import Threads

@Suite struct `The incident queue` {
    private let now = Timestamp(seconds: 1_700_000_000)

    @Test(arguments: TestDatabase.all)
    func `hands out in order, takes back and buries`(_ test: TestDatabase) throws {
        try withSchema(test) { database throws in
            try enqueue(3, in: database)
            let until = now + .seconds(30)
            let token = [UInt8](repeating: 1, count: 16)
            try transact(database) { transaction throws(DatabaseError) in
                let (leased, _) = try IncidentQueue.lease(
                    sink: "pull", token: token, until: until, leaseMax: .seconds(30), countMax: 2,
                    attemptsMax: 9, at: now, transaction)
                #expect(leased.map(\.eventID) == ["event-1", "event-2"])
                #expect(leased.map(\.attempt) == [1, 1])
                let one = IncidentQueue.Lease(token: token, eventID: "event-1")
                let two = IncidentQueue.Lease(token: token, eventID: "event-2")
                #expect(
                    try IncidentQueue.extend(
                        two, sink: "pull", until: until + .seconds(1), at: now, transaction))
                #expect(
                    try IncidentQueue.attempts(
                        under: one, sink: "pull", at: until, transaction) == nil)
                #expect(
                    try IncidentQueue.attempts(
                        under: two, sink: "pull", at: until, transaction) == 1)
                #expect(
                    try IncidentQueue.acknowledge(one, sink: "pull", at: now, transaction))
                #expect(
                    try !IncidentQueue.acknowledge(one, sink: "pull", at: now, transaction))
                #expect(
                    try IncidentQueue.release(
                        two, sink: "pull", as: .ready, notBefore: now, transaction))
                #expect(
                    try IncidentQueue.oldestWaiting(sink: "pull", transaction) == now)
                let (again, died) = try IncidentQueue.lease(
                    sink: "pull", token: [2] + token[1...], until: now, leaseMax: .seconds(30),
                    countMax: 1, attemptsMax: 9, at: now, transaction)
                #expect(again.map(\.attempt) == [2])
                #expect(died == 0)
                let (last, buried) = try IncidentQueue.lease(
                    sink: "pull", token: [3] + token[1...], until: until, leaseMax: .seconds(30),
                    countMax: 9, attemptsMax: 2, at: now, transaction)
                #expect(last.map(\.eventID) == ["event-3"])
                #expect(buried == 1)
                try enqueueOne(4, transaction)
                #expect(
                    try IncidentQueue.buryAbandoned(sink: "pull", since: now, transaction) == 1)
                let depth = try IncidentQueue.depth(transaction)
                #expect(depth.map(\.state) == [.leased, .dead])
                #expect(depth.map(\.count) == [1, 2])
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `never gives one delivery to two at the same time`(_ test: TestDatabase) throws {
        let folder = try TemporaryFolder()
        let databases = [try test.open(folder), try test.open(folder)]
        defer { for database in databases { database.close() } }
        try Migrations.loquet.apply(to: databases[0], nowMicroseconds: 1)
        try enqueue(60, in: databases[0])
        let (taken, failures) = (Guarded<[String]>([]), Guarded<[String]>([]))
        let consumers = (0..<6).map { index in
            NamedThread("consumer-\(index)") {
                var round: UInt8 = 0
                while true {
                    round += 1
                    let token = [UInt8](repeating: UInt8(index), count: 15) + [round]
                    do throws(DatabaseError) {
                        let batch = try transact(databases[index % 2]) {
                            transaction throws(DatabaseError) in
                            try IncidentQueue.lease(
                                sink: "pull", token: token, until: now + .seconds(30),
                                leaseMax: .seconds(30), countMax: 4, attemptsMax: 9, at: now,
                                transaction
                            ).leased
                        }
                        if batch.isEmpty { return }
                        taken.withLock { $0 += batch.map(\.eventID) }
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                        return
                    }
                }
            }
        }
        for consumer in consumers { consumer.join() }
        #expect(failures.withLock { $0 } == [])
        #expect(taken.withLock { $0.sorted() } == (1...60).map { "event-\($0)" }.sorted())
    }

    private func enqueue(_ count: Int, in database: any Database) throws {
        try transact(database) { transaction throws(DatabaseError) in
            for _ in 0..<count {
                try enqueueOne(try IncidentQueue.nextSequence(transaction), transaction)
            }
        }
    }

    private func enqueueOne(
        _ sequence: Int64, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try IncidentQueue.enqueue(
            eventID: "event-\(sequence)", type: "test", sequence: sequence, body: [1],
            sinks: ["pull"], at: now, transaction)
    }
}

@Suite struct `The sign-in log` {
    private let now = Timestamp(seconds: 1_700_000_000)
    private let account = AccountID(bytes: Array(repeating: 7, count: 16))

    @Test(arguments: TestDatabase.all)
    func `keeps one row for the refused attempts of a minute, and what was folded of it`(
        _ test: TestDatabase
    ) throws {
        try withSchema(test) { database throws in
            try transact(database) { transaction throws(DatabaseError) in
                try append(.throttled, "1", tag: 1, "192.0.2.1", transaction)
                try append(.throttled, "2", tag: 2, "192.0.2.1", transaction)
                try append(.failure, "3", tag: 3, "192.0.2.2", transaction)
                let rows = try SignInStore.unfolded(limit: 9, transaction)
                #expect(rows.map(\.id) == ["1", "3"])
                #expect(rows.map(\.attempt.count) == [2, 1])
                #expect(rows[0].attempt.tags.count == 2)
                try SignInStore.markFolded(rows[0], transaction)
                try append(.throttled, "4", tag: 2, "192.0.2.1", transaction)
                let again = try SignInStore.unfolded(limit: 9, transaction)
                #expect(again.map(\.unfolded.count) == [1, 1])
                let folded = try SignInStore.folded(
                    since: now, after: "", limit: 9, transaction)
                #expect(folded.map(\.id) == ["1"])
                #expect(
                    try SignInStore.nullTags(
                        before: now + .seconds(1), limit: 9, transaction) == 2)
                #expect(try SignInStore.deleteOld(before: now, limit: 9, transaction) == 0)
            }
            let row = try transact(database) { transaction throws(DatabaseError) in
                try SignInStore.unfolded(limit: 1, transaction)[0]
            }
            #expect(row.attempt.tags.isEmpty)
            try transact(database) { transaction throws(DatabaseError) in
                try SignInStore.markFolded(row, transaction)
            }
            #expect(throws: DatabaseError.conflict) {
                try transact(database) { transaction throws(DatabaseError) in
                    try SignInStore.markFolded(row, transaction)
                }
            }
            let removed = try transact(database) { transaction throws(DatabaseError) in
                try SignInStore.deleteOld(
                    before: now + .seconds(1), limit: 1, transaction)
            }
            #expect(removed == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps networks instead of addresses of a closed account`(_ test: TestDatabase) throws {
        try withSchema(test) { database throws in
            try transact(database) { transaction throws(DatabaseError) in
                for (id, source) in [
                    ("1", "192.0.2.1"), ("2", "192.0.2.2"), ("3", "198.51.100.1"),
                ] {
                    try append(.throttled, id, tag: 1, source, transaction)
                    try append(.success, "s" + id, tag: 1, source, transaction)
                }
                try SignInStore.blurSources(of: account, transaction)
            }
            let sources = try database.read { reader throws(DatabaseError) in
                try reader.rows("SELECT source, outcome FROM sign_in ORDER BY source, outcome") {
                    row throws(DatabaseError) in "\(try row.text(0)) \(try row.text(1))"
                }
            }
            #expect(
                sources == [
                    "192.0.2.0/24 success", "192.0.2.0/24 success", "192.0.2.0/24 throttled",
                    "198.51.100.0/24 success", "198.51.100.0/24 throttled",
                ])
        }
    }

    private func append(
        _ outcome: SignInOutcome, _ id: String, tag: Int64, _ source: String,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let tag = PasswordTag(stored: tag), let address = SourceAddress(parsing: source)
        else { throw .conflict }
        let attempt = SignInAttempt(
            outcome: outcome, account: .known(account), source: address,
            tags: [PasswordTags(current: tag, previous: tag)])
        try SignInStore.append(attempt, id: id, application: "app_1", at: now, transaction)
    }
}
