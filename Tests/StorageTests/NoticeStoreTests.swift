import Accounts
import Incidents
import Storage
import Testing

extension Store {
    /// Writes a notice of account 1 whose id follows from a number.
    fileprivate func notice(
        _ number: UInt8, to account: AccountID? = AccountID(1), _ kind: NoticeKind = .closure,
        cause: String = "", sealed: SealedBytes? = SealedBytes(keyID: "k", bytes: [1]),
        until: Timestamp = .second(1_000), at: Timestamp = .second(1),
        isVoid: Bool = false
    ) throws {
        let record = NoticeStore.Record(
            id: "n\(number)", account: account, kind: kind, locale: .en, cause: cause,
            sealed: sealed, attempts: 0, usefulUntil: until, createdAt: at, isVoid: isVoid)
        try write { transaction throws(DatabaseError) in
            try NoticeStore.insert(record, transaction)
        }
    }

    fileprivate func lease(
        _ token: UInt8, at now: Timestamp, until: Timestamp, countMax: Int = 9
    ) throws -> [NoticeStore.Record] {
        try write { transaction throws(DatabaseError) in
            try NoticeStore.lease(
                token: [token], until: until, latest: now + .seconds(60), countMax: countMax,
                at: now, transaction)
        }
    }

    fileprivate func finish(_ id: String, _ token: UInt8) throws -> Bool {
        try write { transaction throws(DatabaseError) in
            try NoticeStore.finish(id, token: [token], transaction)
        }
    }

    fileprivate func release(
        _ id: String, _ token: UInt8, as state: DeliveryState, notBefore: Timestamp = .epoch,
        countsAttempt: Bool = true
    ) throws -> Bool {
        try write { transaction throws(DatabaseError) in
            try NoticeStore.release(
                id, token: [token], as: state, notBefore: notBefore,
                countsAttempt: countsAttempt, error: "550", transaction)
        }
    }
}

@Suite struct `The notice store` {
    @Test(arguments: TestDatabase.all)
    func `hands each notice to one sender, until its lease is over`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            for number in 1...3 as ClosedRange<UInt8> { try store.notice(number) }
            let first = try store.lease(1, at: .second(10), until: .second(70), countMax: 2)
            #expect(first.map(\.id) == ["n1", "n2"])
            #expect(first.allSatisfy { $0.attempts == 1 && $0.sealed?.bytes == [1] })
            #expect(try store.lease(2, at: .second(69), until: .second(129)).map(\.id) == ["n3"])
            #expect(
                try store.lease(3, at: .second(70), until: .second(130)).map(\.id) == ["n1", "n2"])
            #expect(try !store.finish("n1", 1), "the lease is somebody else's")
            #expect(try store.finish("n1", 3))
            #expect(try !store.finish("n1", 3))
            #expect(
                try store.number(
                    "SELECT COUNT(*) FROM notice WHERE state = 'done' AND sealed IS NULL") == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes back a lease that a wrong clock gave`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.notice(1)
            _ = try store.lease(1, at: .second(500), until: .second(560))
            #expect(try store.lease(2, at: .second(500), until: .second(560)).isEmpty)
            #expect(try store.lease(3, at: .second(499), until: .second(559)).count == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps a notice back, and counts what was tried`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.notice(1)
            _ = try store.lease(1, at: .second(1), until: .second(61))
            #expect(try store.release("n1", 1, as: .ready, notBefore: .second(30)))
            #expect(try store.lease(2, at: .second(29), until: .second(89)).isEmpty)
            let second = try store.lease(2, at: .second(30), until: .second(90))
            #expect(second.map(\.attempts) == [2])
            #expect(try store.release("n1", 2, as: .ready, countsAttempt: false))
            #expect(try store.lease(3, at: .second(31), until: .second(91)).map(\.attempts) == [2])
            #expect(try !store.release("n1", 2, as: .ready))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows what died and lets it be sent again`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            for number in 1...2 as ClosedRange<UInt8> { try store.notice(number, cause: "t") }
            _ = try store.lease(1, at: .second(1), until: .second(61))
            #expect(try store.release("n1", 1, as: .dead))
            #expect(try store.release("n2", 1, as: .dead))
            try store.read { reader throws(DatabaseError) in
                let dead = try NoticeStore.dead(countMax: 9, reader)
                #expect(dead.map(\.notice.id) == ["n1", "n2"] && dead[0].error == "550")
                let depth = try NoticeStore.depth(reader)
                #expect(depth.count == 1 && depth[0].state == .dead && depth[0].count == 2)
                #expect(try NoticeStore.depth(ofCause: "t", reader).map(\.count) == [2])
                #expect(try NoticeStore.depth(ofCause: "", reader).isEmpty)
                #expect(try NoticeStore.oldestWaiting(reader) == nil)
            }
            let redrive = { (id: String?) in
                try store.write { transaction throws(DatabaseError) in
                    try NoticeStore.redrive(
                        id, usefulUntil: .second(900), at: .second(5), transaction)
                }
            }
            #expect(try redrive("n9") == 0)
            #expect(try redrive("n1") == 1)
            #expect(try redrive(nil) == 1)
            let again = try store.lease(2, at: .second(5), until: .second(65))
            #expect(again.map(\.attempts) == [1, 1])
            #expect(again.allSatisfy { $0.usefulUntil == .second(900) && $0.sealed != nil })
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives up what is too late, but not under its sender`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.notice(1, until: .second(50))
            try store.notice(2, until: .second(51))
            try store.notice(3, until: .second(50), isVoid: true)
            let expire = { (now: Timestamp) in
                try store.write { transaction throws(DatabaseError) in
                    try NoticeStore.expire(countMax: 9, at: now, transaction).map(\.id).sorted()
                }
            }
            #expect(try expire(.second(49)) == [])
            #expect(try expire(.second(50)) == ["n1", "n3"])
            #expect(try store.number("SELECT COUNT(*) FROM notice WHERE state = 'done'") == 1)
            _ = try store.lease(1, at: .second(50), until: .second(60))
            #expect(try expire(.second(59)) == [])
            #expect(try expire(.second(60)) == ["n2"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `writes in the account's language, and empties itself of an account`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.notice(1)
            try store.write { transaction throws(DatabaseError) in
                try AddressStore.setLocale(.fr, of: AccountID(1), transaction)
            }
            try store.notice(2, at: .second(2))
            try store.notice(3, to: nil)
            let locales = try store.read { reader throws(DatabaseError) in
                #expect(
                    try NoticeStore.count(of: AccountID(1), .closure, since: .second(1), reader)
                        == 1)
                #expect(try NoticeStore.oldestWaiting(reader) == .second(1))
                return try reader.rows("SELECT locale FROM notice ORDER BY id") {
                    row throws(DatabaseError) in try row.text(0)
                }
            }
            #expect(locales == ["en", "fr", "en"])
            try store.write { transaction throws(DatabaseError) in
                try NoticeStore.drop(of: AccountID(1), transaction)
            }
            #expect(try store.number("SELECT COUNT(*) FROM notice WHERE sealed IS NOT NULL") == 1)
            let removed = try store.write { transaction throws(DatabaseError) in
                try NoticeStore.deleteOld(before: .second(2), limit: 9, transaction)
            }
            #expect(removed == 1, "what waits stays, however old")
        }
    }
}
