import Accounts
import Secrets
import Storage
import Testing

extension Store {
    /// A session of account 1 under a digest that follows from a number.
    fileprivate func session(
        _ number: UInt8, of account: UInt8 = 1, expiresAt: Timestamp = .second(1_000),
        usedAt: Timestamp = .second(0)
    ) throws -> SessionStore.Record {
        let record = SessionStore.Record(
            digest: .of(number), accountID: AccountID(account), application: "app",
            createdAt: .second(0), expiresAt: expiresAt, usedAt: usedAt)
        try write { transaction throws(DatabaseError) in
            try SessionStore.insert(record, transaction)
        }
        return record
    }

    fileprivate func session(found number: UInt8) throws -> SessionStore.Record? {
        try read { reader throws(DatabaseError) in try SessionStore.find(.of(number), reader) }
    }
}

@Suite struct `The session store` {
    @Test(arguments: TestDatabase.all)
    func `are made for different people at once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for number in 1...8 { try store.account(UInt8(number)) }
            let results = racing(8) { index throws(DatabaseError) in
                for round in 0..<20 {
                    try store.write { transaction throws(DatabaseError) in
                        let id = AccountID(UInt8(index + 1))
                        _ = try AccountStore.find(id, transaction)
                        let session = SessionStore.Record(
                            digest: Digest.sha256(of: [UInt8(index), UInt8(round)]), accountID: id,
                            application: "app", createdAt: .epoch, expiresAt: .second(100),
                            usedAt: .epoch)
                        try SessionStore.insert(session, transaction)
                    }
                }
            }
            #expect(results.allSatisfy { (try? $0.get()) != nil })
            #expect(try store.number("SELECT COUNT(*) FROM session") == 160)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `finds a session until it is deleted`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            let made = try store.session(1)
            #expect(try store.session(found: 1) == made)
            #expect(try store.session(found: 2) == nil)
            let delete = {
                try store.write { transaction throws(DatabaseError) in
                    try SessionStore.delete(.of(1), transaction)
                }
            }
            #expect(try delete())
            #expect(try !delete())
            #expect(try store.session(found: 1) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `finds none of an account that may not sign in`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            _ = try store.session(1)
            try store.write { transaction throws(DatabaseError) in
                _ = try transaction.execute("UPDATE account SET state = 'suspended'")
            }
            #expect(try store.session(found: 1) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `never moves a use back`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            _ = try store.session(1, usedAt: .second(10))
            for (time, used) in [(9, 10), (11, 11), (10, 11)] as [(Int64, Int64)] {
                try store.write { transaction throws(DatabaseError) in
                    try SessionStore.touch(.of(1), at: .second(time), transaction)
                }
                #expect(try store.session(found: 1)?.usedAt == .second(used))
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `ends all sessions of one account, or all but one`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            for number in 1...3 { _ = try store.session(UInt8(number)) }
            _ = try store.session(4, of: 2)
            try store.write { transaction throws(DatabaseError) in
                try SessionStore.deleteAll(of: AccountID(1), but: .of(2), transaction)
            }
            #expect(try store.session(found: 1) == nil)
            #expect(try store.session(found: 2) != nil)
            #expect(try store.session(found: 3) == nil)
            #expect(try store.session(found: 4) != nil)
            try store.write { transaction throws(DatabaseError) in
                try SessionStore.deleteAll(of: AccountID(1), transaction)
            }
            #expect(try store.session(found: 2) == nil)
            #expect(try store.session(found: 4) != nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `removes what is over, a few at a time`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            _ = try store.session(1, expiresAt: .second(100), usedAt: .second(90))
            _ = try store.session(2, expiresAt: .second(101), usedAt: .second(90))
            _ = try store.session(3, expiresAt: .second(900), usedAt: .second(40))
            _ = try store.session(4, expiresAt: .second(900), usedAt: .second(41))
            let sweep = { (limit: Int) in
                try store.write { transaction throws(DatabaseError) in
                    try SessionStore.deleteExpired(
                        at: .second(100), idleSince: .second(40), limit: limit, transaction)
                }
            }
            #expect(try sweep(1) == 1)
            #expect(try sweep(10) == 1)
            #expect(try sweep(10) == 0)
            #expect(try store.session(found: 2) != nil)
            #expect(try store.session(found: 4) != nil)
        }
    }
}

@Suite struct `The device store` {
    private func insert(
        _ store: Store, _ number: UInt8, of account: UInt8 = 1, at now: Int64,
        countMax: Int = 3
    ) throws {
        try store.write { transaction throws(DatabaseError) in
            try DeviceStore.insert(
                .of(number), of: AccountID(account), expiresAt: .second(now + 100),
                countMax: countMax, at: .second(now), transaction)
        }
    }

    private func isKnown(
        _ store: Store, _ number: UInt8, of account: UInt8 = 1, at now: Int64
    ) throws -> Bool {
        try store.read { reader throws(DatabaseError) in
            try DeviceStore.isKnown(
                .of(number), of: AccountID(account), at: .second(now), reader)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `knows a device of its account until it expires`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            try insert(store, 1, at: 0)
            #expect(try isKnown(store, 1, at: 99))
            #expect(try !isKnown(store, 1, at: 100))
            #expect(try !isKnown(store, 1, of: 2, at: 0))
            #expect(try !isKnown(store, 2, at: 0))
            let sweep = { (now: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try DeviceStore.deleteExpired(at: .second(now), limit: 10, transaction)
                }
            }
            #expect(try sweep(99) == 0)
            #expect(try sweep(100) == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `pushes the oldest of an account out`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            try insert(store, 9, of: 2, at: 0)
            for number in 1...4 { try insert(store, UInt8(number), at: Int64(number)) }
            #expect(try !isKnown(store, 1, at: 5))
            for number in 2...4 { #expect(try isKnown(store, UInt8(number), at: 5)) }
            #expect(try isKnown(store, 9, of: 2, at: 5))
            try store.write { transaction throws(DatabaseError) in
                try DeviceStore.deleteAll(of: AccountID(1), transaction)
            }
            #expect(try !isKnown(store, 4, at: 5))
            #expect(try isKnown(store, 9, of: 2, at: 5))
        }
    }
}

@Suite struct `The throttle store` {
    @Test(arguments: TestDatabase.all)
    func `keeps one state for each identifier and class, until it dies`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            let load = { (number: UInt8, client: String) in
                try store.read { reader throws(DatabaseError) in
                    try ThrottleStore.load(.of(number), client: client, reader)
                }
            }
            let save = { (number: UInt8, client: String, state: [UInt8], death: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try ThrottleStore.save(
                        .of(number), client: client, state: state, diesAt: .second(death),
                        transaction)
                }
            }
            #expect(try load(1, "stranger") == nil)
            try save(1, "stranger", [1, 2], 100)
            try save(1, "device", [3], 200)
            try save(1, "stranger", [4], 101)
            #expect(try load(1, "stranger") == [4])
            #expect(try load(1, "device") == [3])
            #expect(try load(2, "stranger") == nil)
            let sweep = { (now: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try ThrottleStore.deleteDead(at: .second(now), limit: 10, transaction)
                }
            }
            #expect(try sweep(100) == 0)
            #expect(try sweep(101) == 1)
            #expect(try load(1, "stranger") == nil)
            #expect(try load(1, "device") == [3])
        }
    }
}
