import Accounts
import Incidents
import Storage
import Testing

private func request(
    _ number: UInt8, account: UInt8? = 1, right: Right = .access, received: Int64 = 0,
    identity: RequestIdentity = .unchecked
) -> RightsRequest {
    RightsRequest(
        id: RightsRequestID(number), account: account.map { AccountID($0) }, right: right,
        channel: .post, recordedAt: .second(5), contact: Remark("letter of Ada"),
        detail: Remark("what is known"), identity: identity,
        clock: RightsClock(receivedAt: .second(received)))
}

extension Store {
    fileprivate func insert(_ request: RightsRequest) throws {
        try write { transaction throws(DatabaseError) in
            try RightsStore.insert(request, transaction)
            try RightsStore.append(
                "received", "", to: request.id, by: "cli:0", at: .second(5), transaction)
        }
    }

    fileprivate func find(_ number: UInt8) throws -> RightsStore.Record? {
        try read { reader throws(DatabaseError) in
            try RightsStore.find(RightsRequestID(number), reader)
        }
    }

    fileprivate func update(_ request: RightsRequest, over version: Int64) throws {
        try write { transaction throws(DatabaseError) in
            try RightsStore.update(request, over: version, transaction)
        }
    }
}

@Suite struct `The register of requests` {
    @Test(arguments: TestDatabase.all)
    func `gives a request back as it stands`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            var asked = request(1)
            try store.insert(asked)
            #expect(try store.find(1)?.request == asked)
            try asked.doubt(at: .second(100))
            try store.update(asked, over: 1)
            #expect(try store.find(1)?.request == asked)
            try asked.extend(at: .second(200))
            try asked.verify(at: .second(300))
            asked.note(.due)
            try store.update(asked, over: 2)
            #expect(try store.find(1)?.request == asked)
            try asked.decide(.refused, reason: Remark("unfounded"), at: .second(400))
            try store.update(asked, over: 3)
            let last = try #require(try store.find(1))
            #expect(last.request == asked && last.version == 4)
            #expect(last.request.clock.suspendedFor == .seconds(200))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lets one of two who change a request win`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            var asked = request(1)
            try store.insert(asked)
            try asked.extend(at: .second(10))
            try store.update(asked, over: 1)
            #expect(throws: DatabaseError.conflict) { try store.update(asked, over: 1) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes a request that names no account`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.insert(request(1, account: nil))
            #expect(try store.find(1)?.request.account == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is read page by page, open, decided or all`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            for number in [1, 2, 3, 4] as [UInt8] { try store.insert(request(number)) }
            var decided = request(2)
            try decided.decide(.withdrawn, reason: nil, at: .second(9))
            try store.update(decided, over: 1)
            let page = { (after: UInt8?, isOpen: Bool?) in
                try store.read { reader throws(DatabaseError) in
                    try RightsStore.page(
                        after: after.map { RightsRequestID($0) }, isOpen: isOpen, countMax: 2,
                        reader)
                }.map(\.request.id)
            }
            #expect(try page(nil, true) == [RightsRequestID(1), RightsRequestID(3)])
            #expect(try page(3, true) == [RightsRequestID(4)])
            #expect(try page(nil, false) == [RightsRequestID(2)])
            #expect(try page(nil, nil) == [RightsRequestID(1), RightsRequestID(2)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `finds what must be told from its instant on, until it was`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            var asked = request(1)
            try store.insert(asked)
            let toRemind = { (time: Timestamp) in
                try store.read { reader throws(DatabaseError) in
                    try RightsStore.toRemind(at: time, limit: 5, reader)
                }
            }
            let week = try #require(asked.nextReminderAt)
            #expect(try toRemind(week - .microseconds(1)).isEmpty)
            #expect(try toRemind(week) == [RightsRequestID(1)])
            asked.note(.due)
            try store.update(asked, over: 1)
            #expect(try toRemind(week).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `drops decided files of a person or of long ago, and never open ones`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            for (number, account) in [(1, 1), (2, 1), (3, 2), (4, 2)] as [(UInt8, UInt8)] {
                var asked = request(number, account: account)
                try store.insert(asked)
                guard number != 2 else { continue }
                try asked.decide(.withdrawn, reason: nil, at: .second(Int64(number)))
                try store.update(asked, over: 1)
            }
            try store.write { transaction throws(DatabaseError) in
                try RightsStore.deleteDecided(of: AccountID(1), transaction)
            }
            #expect(try store.find(1) == nil && store.find(2) != nil && store.find(3) != nil)
            let count = try store.write { transaction throws(DatabaseError) in
                try RightsStore.deleteDecided(before: .second(4), limit: 9, transaction)
            }
            #expect(count == 1)
            #expect(try store.find(3) == nil && store.find(4) != nil)
            #expect(try store.number("SELECT count(*) FROM rights_step") == 2)
        }
    }
}

private func disclosure(_ number: UInt8) -> Disclosure {
    Disclosure(
        id: DisclosureID(number), authority: Remark("Tribunal judiciaire")!,
        legalBasis: Remark("art. 60-1 CPP")!, scope: Remark("sign-ins of May")!,
        reference: Remark("file 7/2026")!, receivedAt: .second(1), disclosedAt: .second(2),
        recordedAt: .second(3), actor: "adm_x")  // literals
}

@Suite struct `The log of disclosures` {
    private func people(_ number: UInt8, _ store: Store) throws -> [DisclosureNotice] {
        try store.read { reader throws(DatabaseError) in
            try DisclosureStore.people(of: DisclosureID(number), reader)
        }.map(\.notice)
    }

    private func set(
        _ notice: DisclosureNotice, _ account: UInt8?, _ store: Store
    ) throws -> Int {
        try store.write { transaction throws(DatabaseError) in
            try DisclosureStore.set(
                notice, of: DisclosureID(1), to: account.map { AccountID($0) }, transaction)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `knows of each person whether they were told, and why not`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            let (why, how) = (Remark("art. 11 CPP")!, Remark("letter 9")!)  // literals
            try store.write { transaction throws(DatabaseError) in
                try DisclosureStore.insert(
                    disclosure(1), people: [AccountID(1), AccountID(2)], notice: .open,
                    transaction)
            }
            let open = {
                try store.read { reader throws(DatabaseError) in
                    try DisclosureStore.page(after: nil, isOpen: true, countMax: 5, reader)
                }
            }
            #expect(try open() == [disclosure(1)])
            #expect(try set(.told(at: .second(9), how: how), 1, store) == 1)
            #expect(try open().count == 1)
            #expect(try set(.silent(because: why), nil, store) == 1)
            #expect(try open().isEmpty)
            #expect(
                try people(1, store) == [.told(at: .second(9), how: how), .silent(because: why)])
            #expect(try set(.silent(because: why), 1, store) == 0, "who was told stays told")
            #expect(try set(.told(at: .second(10), how: how), nil, store) == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `loses an entry with the last person that it is about`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.account(2)
            try store.write { transaction throws(DatabaseError) in
                try DisclosureStore.insert(
                    disclosure(1), people: [AccountID(1), AccountID(2)], notice: .open,
                    transaction)
            }
            for (account, left) in [(1, 1), (2, 0)] as [(UInt8, Int64)] {
                try store.write { transaction throws(DatabaseError) in
                    try DisclosureStore.deleteAll(of: AccountID(account), transaction)
                }
                #expect(try store.number("SELECT count(*) FROM disclosure") == left)
            }
        }
    }
}
