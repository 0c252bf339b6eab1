import Accounts
import Passwords
import Secrets
import Storage
import Testing

@Suite struct `The account store` {
    @Test(arguments: TestDatabase.all)
    func `gives back what was put in`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let made = try store.account(1, at: .second(7))
            #expect(made.id == AccountID(1))
            #expect(made.state == .active)
            #expect(made.version == 1)
            #expect(made.createdAt == .second(7))
            #expect(made.profile == .init(email: "p1@example.com", displayName: nil))
            #expect(made.password?.phc == (try phc(1)).text)
            #expect(made.password?.version == 1)
            #expect(made.password?.mustChange == false)
            #expect(try store.find(AccountID(2)) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `finds an account under any of several locators`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let made = try store.account(1)
            #expect(try store.find(locators: [.of(1)]) == made)
            #expect(try store.find(locators: [.of(9), .of(1)]) == made)
            #expect(try store.find(locators: [.of(9)]) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives an identifier to one of many who want it at once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let hash = try phc(1)
            let results = racing(8) { index throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try AccountStore.insert(
                        AccountID(UInt8(index)), locator: .of(1), keyID: "00000000",
                        profile: .init(email: "p", displayName: "P"), phc: hash,
                        application: "app", at: .epoch, transaction)
                }
            }
            var won = 0
            for result in results {
                switch result {
                case .success: won += 1
                case .failure(let error): #expect(error == .uniqueViolation)
                }
            }
            #expect(won == 1)
            // Whoever lost left nothing behind.
            #expect(try store.number("SELECT COUNT(*) FROM account") == 1)
            #expect(try store.number("SELECT COUNT(*) FROM password") == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `replaces a password over the version that was read`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            let hash = try phc(2, memoryKiB: 64)
            let set = { (version: Int64) throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try AccountStore.setPassword(
                        of: AccountID(1), phc: hash, mustChange: true, over: version,
                        at: .second(1), transaction)
                }
            }
            #expect(throws: DatabaseError.conflict) { try set(2) }
            try set(1)
            let password = try store.find(AccountID(1))?.password
            #expect(password?.phc == hash.text)
            #expect(password?.version == 2)
            #expect(password?.mustChange == true)
            #expect(throws: DatabaseError.conflict) { try set(1) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lets one of several password changes over one version win`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.account(1)
            let hashes = try (0..<6).map { try phc(UInt8(10 + $0)) }
            let results = racing(6) { index throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try AccountStore.setPassword(
                        of: AccountID(1), phc: hashes[index], mustChange: false, over: 1,
                        at: .epoch, transaction)
                }
            }
            #expect(results.filter { (try? $0.get()) != nil }.count == 1)
            #expect(try store.find(AccountID(1))?.password?.version == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `rehashes without getting in the way of another sign-in`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            let verified = try #require(try store.find(AccountID(1))?.password?.phc)
            let rehash = { (number: UInt8) throws in
                let hash = try phc(number, memoryKiB: 64)
                try store.write { transaction throws(DatabaseError) in
                    try AccountStore.rehash(AccountID(1), phc: hash, over: verified, transaction)
                }
            }
            try rehash(2)
            // Somebody else verified the same password at the same time, and comes second.
            try rehash(3)
            #expect(try store.find(AccountID(1))?.password?.version == 1)
            let hash = try phc(2, memoryKiB: 64)
            #expect(try store.find(AccountID(1))?.password?.phc == hash.text)
            let changed = try phc(4)
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.setPassword(
                    of: AccountID(1), phc: changed, mustChange: false, over: 1, at: .epoch,
                    transaction)
            }
            try rehash(5)
            #expect(try store.find(AccountID(1))?.password?.phc == changed.text)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `knows the memory of its costliest hash`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let most = {
                try store.read { reader throws(DatabaseError) in
                    try AccountStore.memoryKiBMax(reader)
                }
            }
            #expect(try most() == 0)
            try store.account(1)
            #expect(try most() == 32)
            let hash = try phc(2, memoryKiB: 4_096)
            let old = try #require(try store.find(AccountID(1))?.password?.phc)
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.rehash(AccountID(1), phc: hash, over: old, transaction)
            }
            #expect(try most() == 4_096)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `closes an account into a tombstone and nothing else`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let account = try store.account(1)
            let close = { (account: AccountStore.Record) throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try AccountStore.close(
                        account, at: .second(9), tombstoneUntil: .latest, hasRecords: false,
                        transaction)
                }
            }
            try close(account)
            let closed = try #require(try store.find(AccountID(1)))
            #expect(closed.state == .closed(at: .second(9)))
            #expect(closed.version == 2)
            #expect(closed.profile == nil)
            #expect(closed.password == nil)
            #expect(try store.find(locators: [.of(1)]) == nil)
            let isTaken = try store.read { reader throws(DatabaseError) in
                try AccountStore.isTaken(locators: [.of(9), .of(1)], reader)
            }
            #expect(isTaken)
            #expect(throws: DatabaseError.uniqueViolation) {
                try store.write { transaction throws(DatabaseError) in
                    try transaction.execute(
                        """
                        INSERT INTO identifier (locator, key_id, account_id, is_live)
                        VALUES (\(Digest.of(1)), 'x', \(AccountID(1)), TRUE)
                        """)
                }
            }
            #expect(throws: DatabaseError.conflict) { try close(account) }
            #expect(try store.number("SELECT COUNT(*) FROM closed_record") == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses a state that no version wrote`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            for damage: SQL in [
                "UPDATE account SET state = 'king'", "UPDATE account SET state = 'closed'",
                "UPDATE account SET state = 'active', state_time_us = 1",
            ] {
                try store.write { transaction throws(DatabaseError) in
                    _ = try transaction.execute(damage)
                }
                #expect(throws: DatabaseError.unexpectedColumn(position: 1, wanted: .text)) {
                    try store.find(AccountID(1))
                }
            }
        }
    }
}
