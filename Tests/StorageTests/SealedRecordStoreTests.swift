import Accounts
import Secrets
import Storage
import Testing

extension Store {
    /// Makes a record whose every value follows from a number.
    @discardableResult
    fileprivate func record(
        _ number: UInt8, of account: UInt8, _ category: String = "civil_claims",
        eraseAfter: Timestamp = .second(100)
    ) throws -> SealedRecordStore.Record {
        let fingerprint = Digest.of(200)
        let sealed: [UInt8] = [number, 0, 255]
        let record = SealedRecordStore.Record(
            id: SealedRecordID(number), account: AccountID(account), category: category,
            basis: "art. 2224 Code civil", eraseAfter: eraseAfter, sealed: sealed,
            digest: .sha256(of: sealed), archiveKey: fingerprint, sealedAt: .second(1))
        try write { transaction throws(DatabaseError) in
            try transaction.execute(
                """
                INSERT INTO archive_certificate (fingerprint, pem, created_at_us)
                VALUES (\(fingerprint), 'pem', 0) ON CONFLICT DO NOTHING
                """)
            try SealedRecordStore.insert(record, transaction)
        }
        return record
    }

    fileprivate func bury(
        _ account: UInt8, until end: Timestamp, hasRecords: Bool = true
    ) throws(DatabaseError) {
        try write { transaction throws(DatabaseError) in
            try TombstoneStore.put(
                for: AccountID(account), eraseAfter: end, hasRecords: hasRecords, transaction)
        }
    }

    fileprivate func isTaken(_ number: UInt8) throws(DatabaseError) -> Bool {
        try read { reader throws(DatabaseError) in
            try AccountStore.isTaken(locators: [.of(77), .of(number)], reader)
        }
    }
}

@Suite struct `The store of sealed records` {
    @Test(arguments: TestDatabase.all)
    func `gives back what was put in, page by page and narrowed`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for account in [1, 2] as [UInt8] { try store.account(account) }
            let all = [
                try store.record(1, of: 1), try store.record(2, of: 1, "tax_identity"),
                try store.record(3, of: 2),
            ]
            let page: (SealedRecordID?, AccountID?, String?, Int) throws -> [UInt8] = {
                after, account, category, limit in
                try store.read { reader throws(DatabaseError) in
                    try SealedRecordStore.page(
                        after: after, account: account, category: category, limit: limit, reader)
                }.map { $0.sealed[0] }
            }
            #expect(try page(nil, nil, nil, 2) == [1, 2])
            #expect(try page(SealedRecordID(2), nil, nil, 2) == [3])
            #expect(try page(SealedRecordID(3), nil, nil, 2) == [])
            #expect(try page(nil, AccountID(1), nil, 9) == [1, 2])
            #expect(try page(nil, nil, "civil_claims", 9) == [1, 3])
            #expect(try page(nil, AccountID(1), "tax_identity", 9) == [2])
            #expect(try page(nil, AccountID(9), nil, 9) == [])
            let (first, summaries, count) = try store.read { reader throws(DatabaseError) in
                (
                    try SealedRecordStore.page(after: nil, limit: 1, reader),
                    try SealedRecordStore.summaries(of: AccountID(1), reader),
                    try SealedRecordStore.count(reader)
                )
            }
            #expect(first == [all[0]])
            #expect(summaries.map(\.category) == ["civil_claims", "tax_identity"])
            #expect(count == 3)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `names a record due at its date and not before`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            let end = Timestamp(microseconds: 500)
            try store.record(1, of: 1, eraseAfter: end)
            try store.record(2, of: 1, eraseAfter: Timestamp(microseconds: 501))
            let due: (Int64) throws -> [SealedRecordID] = { now in
                try store.read { reader throws(DatabaseError) in
                    try SealedRecordStore.due(
                        at: Timestamp(microseconds: now), limit: 9, reader)
                }.map(\.id)
            }
            #expect(try due(499) == [])
            #expect(try due(500) == [SealedRecordID(1)])
            #expect(try due(501) == [SealedRecordID(1), SealedRecordID(2)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `finds an account by its identifier until its last record is erased`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.record(1, of: 1)
            try store.record(2, of: 1)
            let accounts = {
                try store.read { reader throws(DatabaseError) in
                    try SealedRecordStore.accounts(locators: [.of(9), .of(1)], reader)
                }
            }
            let erase: (UInt8) throws -> Bool = { number in
                try store.write { transaction throws(DatabaseError) in
                    try SealedRecordStore.erase(SealedRecordID(number), transaction)
                }
            }
            #expect(try accounts() == [])
            try store.bury(1, until: .second(10))
            #expect(try accounts() == [AccountID(1)])
            #expect(try erase(1))
            #expect(try accounts() == [AccountID(1)])
            #expect(try !erase(1))
            #expect(try erase(2))
            #expect(try accounts() == [])
            #expect(try store.isTaken(1), "the tombstone has its own end")
        }
    }
}

@Suite struct `A tombstone` {
    @Test(arguments: TestDatabase.all)
    func `takes the identifier until it is erased, which is due at its date`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            let account = try store.account(1)
            let end = Timestamp(microseconds: 500)
            try store.bury(1, until: end, hasRecords: false)
            let erase: (Int64) throws -> Bool = { now in
                try store.write { transaction throws(DatabaseError) in
                    try TombstoneStore.erase(
                        .of(1), at: Timestamp(microseconds: now), transaction)
                }
            }
            let due: (Int64) throws -> [Digest] = { now in
                try store.read { reader throws(DatabaseError) in
                    try TombstoneStore.due(at: Timestamp(microseconds: now), limit: 9, reader)
                }.map(\.locator)
            }
            let found = try store.read { reader throws(DatabaseError) in
                try TombstoneStore.end(of: account.id, reader)
            }
            #expect(found == end)
            #expect(try due(499) == [])
            #expect(try !erase(499))
            #expect(try store.isTaken(1))
            #expect(try due(500) == [.of(1)])
            #expect(try erase(500))
            #expect(try !erase(500))
            #expect(try !store.isTaken(1))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `that its owner took up again is erased by no old date`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.bury(1, until: .second(5))
            let (first, again) = try store.write { transaction throws(DatabaseError) in
                (
                    try TombstoneStore.takeUp(by: AccountID(1), transaction),
                    try TombstoneStore.takeUp(by: AccountID(1), transaction)
                )
            }
            #expect(first && !again)
            let isErased = try store.write { transaction throws(DatabaseError) in
                try TombstoneStore.erase(.of(1), at: .latest, transaction)
            }
            #expect(!isErased)
            #expect(try store.isTaken(1))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `and a locator need the key that they were made with`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            try store.record(1, of: 1)
            let count = {
                try store.read { reader throws(DatabaseError) in
                    try TombstoneStore.count(keyID: "00000000", reader)
                }
            }
            #expect(try count() == 1)
            try store.bury(1, until: .second(5))
            #expect(try count() == 2)
            _ = try store.write { transaction throws(DatabaseError) in
                try TombstoneStore.erase(.of(1), at: .second(5), transaction)
            }
            #expect(try count() == 1)
            _ = try store.write { transaction throws(DatabaseError) in
                try SealedRecordStore.erase(SealedRecordID(1), transaction)
            }
            #expect(try count() == 0)
        }
    }
}
