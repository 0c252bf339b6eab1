import Accounts
import Incidents
import Passwords
import Secrets
import Service
import Storage
import Testing

@Suite struct `A retention run` {
    private static let minute = Duration.seconds(60)

    private func state(_ store: Store, _ id: AccountID) throws -> AccountState? {
        try store.find(id)?.state
    }

    @Test(arguments: TestDatabase.all)
    func `erases a record, a tombstone and the account at their dates, each with a proof`(
        test: TestDatabase
    ) throws {
        try Store.withNode(test) { store, node in
            let closed = node.now
            try store.account(1, at: closed)
            try store.close(AccountID(1), with: node.node, at: closed)
            #expect(try store.number("SELECT count(*) FROM sealed_record") == 1)

            node.set(closed.adding(months: 36) - .microseconds(1))
            #expect(try node.run().isEmpty)
            node.set(closed.adding(months: 36))
            #expect(try node.run().tombstones == 1)
            #expect(try state(store, AccountID(1)) == .closed(at: closed))

            node.set(closed.adding(months: 60) - .microseconds(1))
            #expect(try node.run().isEmpty)
            node.set(closed.adding(months: 60))
            let tally = try node.run()
            #expect(tally.records == 1 && tally.accounts == 1)
            #expect(try state(store, AccountID(1)) == .erased(at: node.now))
            #expect(try store.number("SELECT count(*) FROM sealed_record") == 0)
            #expect(try store.number("SELECT count(*) FROM archive_locator") == 0)
            #expect(try store.number("SELECT count(*) FROM identifier") == 0)
            #expect(
                try store.number(
                    "SELECT count(*) FROM event WHERE type = 'loquet.account.erased.v1'") == 1)

            var things: [String] = []
            try ErasureJournal(node.node).records(account: AccountID(1)) { record, isGood in
                #expect(isGood)
                things.append(record.erasure.thing.name)
            }
            // Those of one millisecond are in no order.
            #expect(things.sorted() == ["account", "civil_claims", "identifier_tombstone"])
            #expect(try node.run().isEmpty, "a second run has nothing to do")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `leaves what a flag holds, and erases it once released`(test: TestDatabase) throws {
        try Store.withNode(test) { store, node in
            let closed = node.now
            for number in UInt8(1)...4 {
                try store.account(number, at: closed)
                try store.close(AccountID(number), with: node.node, at: closed)
            }
            let holds = Holds(node.node, actor: "cli:7")
            let person = try holds.place(
                .legalHold, account: AccountID(1), category: nil, reason: "case 12/345")
            _ = try holds.place(
                .restricted, account: AccountID(2), category: nil, reason: "the person asked")
            _ = try holds.place(
                .legalHold, account: AccountID(3), category: .civilClaims, reason: "case 12/346")
            node.set(closed.adding(months: 61))
            let tally = try node.run()
            #expect(tally.records == 1 && tally.tombstones == 2 && tally.accounts == 1)
            #expect(try state(store, AccountID(4)) == .erased(at: node.now))
            #expect(try state(store, AccountID(3)) == .closed(at: closed))

            let everybody = try holds.place(
                .legalHold, account: nil, category: .civilClaims, reason: "an inspection")
            _ = try holds.release(person.id, reason: "the case is over")
            let second = try node.run()
            #expect(second.records == 0 && second.tombstones == 1 && second.accounts == 0)
            _ = try holds.release(everybody.id, reason: "the inspection is over")
            #expect(try node.run().accounts == 1)
            #expect(try state(store, AccountID(1)) == .erased(at: node.now))
            #expect(
                try store.number("SELECT count(*) FROM audit WHERE action = 'retention.held'") == 3)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `never erases an owner who returned`(test: TestDatabase) throws {
        try Store.withNode(test) { store, node in
            let closed = node.now
            try store.account(1, at: closed)
            try store.close(AccountID(1), with: node.node, at: closed)
            let back = closed.adding(months: 12)
            _ = try store.write { transaction throws(DatabaseError) in
                try transaction.execute(
                    """
                    UPDATE account SET state = 'invited', state_time_us = \(back + .days(7)),
                        version = version + 1
                    WHERE id = \(AccountID(1))
                    """)
                return try TombstoneStore.takeUp(by: AccountID(1), transaction)
            }
            node.set(closed.adding(months: 121))
            let tally = try node.run()
            // The record of the first closure is over all the same; the person is not.
            #expect(tally.records == 1 && tally.tombstones == 0 && tally.accounts == 0)
            #expect(try state(store, AccountID(1)) == .invited(until: back + .days(7)))
            #expect(try store.number("SELECT count(*) FROM identifier WHERE is_live") == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps the security log for twelve months, to the line`(test: TestDatabase) throws {
        try Store.withNode(test) { store, node in
            let start = node.now
            for (id, time) in [("a", start), ("b", start + .microseconds(1))] {
                _ = try store.write { transaction throws(DatabaseError) in
                    try transaction.execute(
                        """
                        INSERT INTO sign_in
                            (id, at_us, minute, outcome, subject, source, application, attempts, folded)
                        VALUES (\(id), \(time), 0, 'failure', \(AccountID(9)), '', 'app', 1, 1)
                        """)
                }
            }
            node.set(start.adding(months: 12))
            #expect(try node.run().logRows == 0)
            node.wait(.microseconds(1))
            #expect(try node.run().logRows == 1)
            let hold = try Holds(node.node, actor: "cli:7").place(
                .legalHold, account: nil, category: .securityLog, reason: "an inspection")
            node.wait(.days(400))
            #expect(try node.run().logRows == 0)
            let ended = try store.read { reader throws(DatabaseError) in
                try node.node.securityLogEnd(at: node.now, reader)
            }
            #expect(ended == nil)
            _ = try Holds(node.node, actor: "cli:7").release(hold.id, reason: "it is over")
            #expect(try node.run().logRows == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `closes what nobody uses after two years, and only who was warned`(
        test: TestDatabase
    ) throws {
        try Store.withNode(test) { store, node in
            let start = node.now
            for number in UInt8(1)...3 { try store.account(number, at: start) }
            node.set(start.adding(months: 23))
            _ = try store.write { transaction throws(DatabaseError) in
                try UnusedStore.noteWarning(of: AccountID(1), at: node.now, transaction)
                try UnusedStore.noteWarning(of: AccountID(2), at: node.now, transaction)
                // The second one comes back after the warning.
                try UnusedStore.noteUse(of: AccountID(2), at: node.now, transaction)
            }
            node.set(start.adding(months: 24))
            #expect(try node.run().closed == 0)
            node.wait(.days(1))
            #expect(try node.run().closed == 1)
            #expect(try state(store, AccountID(1)) == .closed(at: node.now))
            #expect(try state(store, AccountID(2)) == .active)
            #expect(try state(store, AccountID(3)) == .active)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `warns whom nobody has seen, once, thirty days before it closes`(
        test: TestDatabase
    ) throws {
        try Store.withNode(test, notices: .application) { store, node in
            let start = node.now
            for number in UInt8(1)...2 { try store.account(number, at: start) }
            let told: () throws -> Int64 = {
                try store.number("SELECT count(*) FROM event WHERE type = 'loquet.notice.due.v1'")
            }
            let warning = start.adding(months: 24) - .days(30)
            node.set(warning)
            #expect(try node.run().warned == 0)
            node.wait(.microseconds(1))
            let warned = node.now
            #expect(try node.run().warned == 2)
            #expect(try told() == 2)
            #expect(try node.run().isEmpty, "nobody is warned twice")

            _ = try store.write { transaction throws(DatabaseError) in
                try UnusedStore.noteUse(of: AccountID(2), at: node.now, transaction)
            }
            node.set(warned + .days(30) - .microseconds(1))
            #expect(try node.run().isEmpty)
            node.wait(.microseconds(1))
            #expect(try node.run().closed == 1)
            #expect(try state(store, AccountID(1)) == .closed(at: node.now))
            #expect(try state(store, AccountID(2)) == .active)
            #expect(try told() == 3, "the closure is told too")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `warns and closes nobody where nobody is told of anything`(test: TestDatabase) throws {
        try Store.withNode(test) { store, node in
            try store.account(1, at: node.now)
            node.set(node.now.adding(months: 60))
            #expect(try node.run().isEmpty)
            #expect(try state(store, AccountID(1)) == .active)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `can be replayed from its journal on a store of before`(test: TestDatabase) throws {
        try Store.withNode(test) { store, node in
            let closed = node.now
            try store.account(1, at: closed)
            try store.close(AccountID(1), with: node.node, at: closed)
            let key = node.node.keys
            node.set(closed.adding(months: 60))
            let erasure = Erasure(
                id: "0", account: AccountID(1), thing: .account,
                eraseAfter: closed.adding(months: 60), erasedAt: node.now)
            let good = try ErasureProofs(key).signed(erasure)
            let read = try #require(ErasureStore.Record(line: good.json.bytes))
            #expect(read == good)
            let forged = ErasureStore.Record(
                erasure: Erasure(
                    id: "1", account: AccountID(1), thing: .account,
                    eraseAfter: closed, erasedAt: closed), keyID: good.keyID, proof: good.proof)
            let journal = ErasureJournal(node.node)
            let answers = try store.write { transaction throws(DatabaseError) in
                [
                    try journal.replay(forged, transaction), try journal.replay(read, transaction),
                    try journal.replay(read, transaction),
                ]
            }
            #expect(answers == [.badProof, .erased, .absent])
            #expect(try state(store, AccountID(1)) == .erased(at: node.now))
            #expect(try store.number("SELECT count(*) FROM sealed_record") == 0)
        }
    }
}
