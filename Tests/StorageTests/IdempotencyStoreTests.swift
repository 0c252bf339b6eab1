import Accounts
import Secrets
import Storage
import Testing

private func name(
    _ key: UInt8 = 1, caller: UInt8 = 1, route: String = "POST /v1/accounts", at second: Int64 = 0
) -> IdempotencyStore.Name {
    IdempotencyStore.Name(
        caller: .of(caller), route: route, keyDigest: .of(key), claimedAt: .second(second))
}

extension Store {
    /// Answers live a hundred seconds, claims ten.
    fileprivate func claim(
        _ name: IdempotencyStore.Name, body: UInt8 = 1
    ) throws(DatabaseError) -> IdempotencyStore.Claim {
        try write { transaction throws(DatabaseError) in
            try IdempotencyStore.claim(
                name, fingerprint: .of(body), expiredBefore: name.claimedAt - .seconds(100),
                staleBefore: name.claimedAt - .seconds(10), transaction)
        }
    }

    fileprivate func finish(_ name: IdempotencyStore.Name) throws(DatabaseError) {
        try write { transaction throws(DatabaseError) in
            try IdempotencyStore.finish(name, status: 201, account: AccountID(7), transaction)
        }
    }

    fileprivate func abandon(_ name: IdempotencyStore.Name) throws(DatabaseError) {
        try write { transaction throws(DatabaseError) in
            try IdempotencyStore.abandon(name, transaction)
        }
    }
}

@Suite struct `The idempotency store` {
    @Test(arguments: TestDatabase.all)
    func `gives a name to the first, and the answer to whoever comes after`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            #expect(try store.claim(name()) == .fresh)
            #expect(try store.claim(name(at: 1)) == .inProgress)
            #expect(try store.claim(name(at: 1), body: 2) == .reused)
            try store.finish(name())
            #expect(try store.claim(name(at: 1)) == .done(status: 201, account: AccountID(7)))
            #expect(try store.claim(name(at: 1), body: 2) == .reused)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `knows a name by caller, route and key`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for other in [name(), name(2), name(caller: 2), name(route: "POST /v1/x")] {
                let claims = [try store.claim(other), try store.claim(other)]
                #expect(claims == [.fresh, .inProgress])
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives a name to one of many who claim it at once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let results = racing(8) { _ throws(DatabaseError) in try store.claim(name()) }
            let claims = try results.map { try $0.get() }
            #expect(claims.filter { $0 == .fresh }.count == 1)
            #expect(claims.filter { $0 == .inProgress }.count == 7)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `frees a name that was abandoned, and no finished one`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            #expect(try store.claim(name()) == .fresh)
            try store.abandon(name())
            #expect(try store.claim(name(), body: 2) == .fresh)
            try store.finish(name())
            try store.abandon(name())
            #expect(try store.claim(name(), body: 2) == .done(status: 201, account: AccountID(7)))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes a claim over when it is stale, and refuses its late owner`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            #expect(try store.claim(name(at: 0)) == .fresh)
            #expect(try store.claim(name(at: 9)) == .inProgress)
            #expect(try store.claim(name(at: 10)) == .fresh)
            #expect(throws: DatabaseError.conflict) { try store.finish(name(at: 0)) }
            try store.abandon(name(at: 0))
            try store.finish(name(at: 10))
            #expect(throws: DatabaseError.conflict) { try store.finish(name(at: 10)) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `forgets an answer when its time is over`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            #expect(try store.claim(name()) == .fresh)
            try store.finish(name())
            #expect(try store.claim(name(at: 99)) == .done(status: 201, account: AccountID(7)))
            #expect(try store.claim(name(at: 100), body: 2) == .fresh)
            let sweep = { (before: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try IdempotencyStore.deleteExpired(
                        before: .second(before), limit: 10, transaction)
                }
            }
            #expect(try sweep(99) == 0)
            #expect(try sweep(100) == 1)
        }
    }
}
