import Accounts
import Secrets
import Storage
import Testing

@Suite struct `The link store` {
    private func link(
        _ number: UInt8, of account: AccountID? = AccountID(1), _ kind: LinkKind = .passwordReset,
        at: Timestamp = .second(0)
    ) -> LinkStore.Record {
        LinkStore.Record(
            digest: .of(number), kind: kind, account: account,
            sealed: SealedBytes(keyID: "k", bytes: [number]), createdAt: at,
            expiresAt: .second(100))
    }

    @Test(arguments: TestDatabase.all)
    func `opens a link once, before it is over`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.write { transaction throws(DatabaseError) in
                try LinkStore.insert(link(1), transaction)
                try LinkStore.insert(link(2, of: nil), transaction)
                try LinkStore.insert(
                    link(3).owned(by: AccountID(1), isVoid: true), transaction)
            }
            let take = { (number: UInt8, now: Timestamp) in
                try store.write { transaction throws(DatabaseError) in
                    try LinkStore.take(.of(number), at: now, transaction)
                }
            }
            #expect(try take(1, .second(100)) == nil)
            #expect(try take(3, .second(1)) == nil, "a void link opens nothing")
            let found = try store.read { reader throws(DatabaseError) in
                try LinkStore.find(.of(1), at: .second(99), reader)
            }
            #expect(found == link(1))
            #expect(try take(1, .second(99)) == link(1))
            #expect(try take(1, .second(99)) == nil)
            let removed = try store.write { transaction throws(DatabaseError) in
                #expect(try LinkStore.deleteExpired(at: .second(99), limit: 9, transaction) == 0)
                return try LinkStore.deleteExpired(at: .second(100), limit: 9, transaction)
            }
            #expect(removed == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is opened by one of many who try`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.write { transaction throws(DatabaseError) in
                try LinkStore.insert(link(1), transaction)
            }
            let results = racing(6) { _ throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try LinkStore.take(.of(1), at: .second(1), transaction)
                }
            }
            #expect(try results.compactMap { try $0.get() }.count == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps the newest few of an account and kind`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            try store.write { transaction throws(DatabaseError) in
                for number in 0...UInt8(LinkStore.openMax) {
                    try LinkStore.insert(link(number, at: .second(Int64(number))), transaction)
                }
                try LinkStore.insert(link(50, of: AccountID(2)), transaction)
                try LinkStore.insert(link(51, .emailVerification), transaction)
            }
            #expect(try store.number("SELECT COUNT(*) FROM link") == Int64(LinkStore.openMax + 2))
            let oldest = try store.read { reader throws(DatabaseError) in
                try LinkStore.find(.of(0), at: .second(1), reader)
            }
            #expect(oldest == nil)
            try store.write { transaction throws(DatabaseError) in
                try LinkStore.deleteAll(of: AccountID(1), kind: .passwordReset, transaction)
            }
            #expect(try store.number("SELECT COUNT(*) FROM link") == 2)
            try store.write { transaction throws(DatabaseError) in
                try LinkStore.deleteAll(of: AccountID(1), transaction)
            }
            #expect(try store.number("SELECT COUNT(*) FROM link") == 1)
        }
    }
}

@Suite struct `The address store` {
    @Test(arguments: TestDatabase.all)
    func `moves an account, and keeps the old name for it alone`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            let replace = { (account: UInt8, name: UInt8, now: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try AddressStore.replace(
                        of: AccountID(account), locators: [.of(name)], keyID: "00000000",
                        email: "p\(name)@example.com", until: .second(now + 100),
                        at: .second(now), transaction)
                }
            }
            try replace(1, 9, 0)
            #expect(try store.find(locators: [.of(1)]) == nil)
            #expect(try store.find(locators: [.of(9)])?.profile?.email == "p9@example.com")
            for name in [1, 2] as [UInt8] {
                let account = AccountID(name == 1 ? 2 : 1)
                let isTaken = try store.read { reader throws(DatabaseError) in
                    try AddressStore.isTaken(locators: [.of(name)], by: account, reader)
                }
                #expect(isTaken)
            }
            #expect(throws: DatabaseError.uniqueViolation) { try replace(2, 1, 1) }
            try replace(1, 1, 2)
            #expect(try store.find(locators: [.of(1)])?.id == AccountID(1))
            let expire = { (now: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try AddressStore.deleteExpired(at: .second(now), limit: 9, transaction)
                }
            }
            #expect(try expire(101) == 0)
            #expect(try expire(102) == 1)
            try replace(2, 9, 103)
            let locators = try store.read { reader throws(DatabaseError) in
                #expect(try AddressStore.verifiedAt(AccountID(2), reader) == .second(103))
                return try AddressStore.locators(of: AccountID(2), reader)
            }
            #expect(locators == [.of(9)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `remembers former addresses, first sign-ins and verifications`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.account(1)
            let id = AccountID(1)
            try store.write { transaction throws(DatabaseError) in
                #expect(try AddressStore.noteFirstSignIn(of: id, transaction))
                #expect(try !AddressStore.noteFirstSignIn(of: id, transaction))
                #expect(try AddressStore.verifiedAt(id, transaction) == nil)
                try AddressStore.markVerified(id, at: .second(5), transaction)
                #expect(try AddressStore.verifiedAt(id, transaction) == .second(5))
                for time in [1, 2, 2] as [Int64] {
                    try FormerAddressStore.insert(
                        .init(
                            account: id, changedAt: .second(time),
                            sealed: .init(keyID: "k", bytes: [UInt8(time)])), transaction)
                }
                let after = try FormerAddressStore.all(
                    of: id, changedAfter: .second(1), transaction)
                #expect(after.map(\.sealed.bytes) == [[2]])
                #expect(
                    try FormerAddressStore.deleteOld(before: .second(1), limit: 9, transaction)
                        == 1)
                try FormerAddressStore.deleteAll(of: id, transaction)
                #expect(
                    try FormerAddressStore.all(of: id, changedAfter: .epoch, transaction).isEmpty)
            }
        }
    }
}

@Suite struct `The store of work on accounts` {
    private func task(_ id: String, key: Digest? = nil) -> AccountTaskStore.Record {
        AccountTaskStore.Record(
            id: id, kind: .containment, state: .gathering, actor: "cli:0", reason: "r",
            choice: .signedIn(
                .init(source: "203.0.113.0/24", since: .second(1), until: .second(9))),
            position: "", subject: "", content: "", keyDigest: key, fingerprint: .of(3),
            askedAt: .second(10), finishedAt: nil)
    }

    @Test(arguments: TestDatabase.all)
    func `does each account once and ends once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            try store.write { transaction throws(DatabaseError) in
                try AccountTaskStore.insert(task("t1", key: .of(7)), transaction)
                #expect(try AccountTaskStore.add(AccountID(1), to: "t1", transaction))
                #expect(try AccountTaskStore.add(AccountID(1), to: "t1", transaction))
                #expect(try AccountTaskStore.add(AccountID(2), to: "t1", transaction))
                #expect(try !AccountTaskStore.add(AccountID(9), to: "t1", transaction))
                #expect(try AccountTaskStore.find("t1", transaction) == task("t1", key: .of(7)))
                #expect(try AccountTaskStore.find(key: .of(7), transaction)?.id == "t1")
                #expect(try AccountTaskStore.find(key: .of(8), transaction) == nil)
                #expect(try AccountTaskStore.find(key: nil, transaction) == nil)
                try AccountTaskStore.moveOn(
                    task("t1"), to: "p", state: .running, transaction)
            }
            #expect(throws: DatabaseError.conflict) {
                try store.write { transaction throws(DatabaseError) in
                    try AccountTaskStore.moveOn(
                        task("t1"), to: "q", state: .running, transaction)
                }
            }
            try store.write { transaction throws(DatabaseError) in
                let waiting = try AccountTaskStore.waiting("t1", countMax: 1, transaction)
                #expect(waiting.count == 1)
                try AccountTaskStore.settle(waiting[0], of: "t1", as: .done, transaction)
            }
            #expect(throws: DatabaseError.conflict) {
                try store.write { transaction throws(DatabaseError) in
                    for id in [AccountID(1), AccountID(2)] {
                        try AccountTaskStore.settle(id, of: "t1", as: .done, transaction)
                    }
                }
            }
            try store.write { transaction throws(DatabaseError) in
                #expect(
                    try AccountTaskStore.progress("t1", transaction) == [.waiting: 1, .done: 1])
                #expect(try AccountTaskStore.open(transaction)?.position == "p")
                #expect(try AccountTaskStore.finish("t1", at: .second(20), transaction))
                #expect(try !AccountTaskStore.finish("t1", at: .second(21), transaction))
                #expect(try AccountTaskStore.open(transaction) == nil)
                #expect(
                    try AccountTaskStore.latest(countMax: 9, transaction).map(\.finishedAt)
                        == [.second(20)])
                try AccountStore.requireChange(of: AccountID(1), transaction)
            }
            #expect(try store.find(AccountID(1))?.password?.mustChange == true)
            #expect(try store.find(AccountID(1))?.password?.version == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `reads the successful sign-ins of a stretch of time`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for (index, outcome) in [SignInOutcome.success, .failure, .success].enumerated() {
                try store.write { transaction throws(DatabaseError) in
                    try SignInStore.append(
                        SignInAttempt(
                            outcome: outcome, account: .known(AccountID(1)), source: nil, tags: [],
                            count: 1),
                        id: "s\(index)", application: "app", at: .second(Int64(index)),
                        transaction)
                }
            }
            let page = { (after: String, until: Int64) in
                try store.read { reader throws(DatabaseError) in
                    try AccountTaskStore.signIns(
                        after: after, until: .second(until), limit: 9, reader
                    ).map(\.id)
                }
            }
            #expect(try page("", 3) == ["s0", "s2"])
            #expect(try page("", 2) == ["s0"])
            #expect(try page("s0", 3) == ["s2"])
        }
    }
}
