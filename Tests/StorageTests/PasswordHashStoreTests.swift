import Accounts
import Passwords
import Secrets
import Storage
import Testing

private func peppered(_ number: UInt8, keyID: String) throws -> PHCString {
    let plain = try phc(number).text
    return try PHCString(plain.replacing(",p=1$", with: ",p=1,keyid=\(keyID)$"))
}

private let bcrypt = "$2b$04$abcdefghijklmnopqrstuuUro8N19.MeQg58lgJQONA0DBB/nN7A."

@Suite struct `The store of hashes` {
    @Test(arguments: TestDatabase.all)
    func `keeps each hash's scheme beside it, however it is written`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let account = try store.account(1)
            let scheme = try phc(1).scheme.text
            func stored() throws -> String {
                try #require(
                    try store.read { reader throws(DatabaseError) in
                        try PasswordHashStore.page(after: nil, limit: 9, reader)
                    }.first
                ).scheme
            }
            #expect(try stored() == scheme)
            let larger = try phc(2, memoryKiB: 40)
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.rehash(
                    account.id, phc: larger, over: account.password!.phc, transaction)
            }
            #expect(try stored() == larger.scheme.text)
            let other = try phc(3, memoryKiB: 48)
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.setPassword(
                    of: account.id, phc: other, mustChange: false, over: 1, at: .epoch, transaction)
            }
            #expect(try stored() == other.scheme.text)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `pages, counts and fills in`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let outermost = {
                try store.read { reader throws(DatabaseError) in
                    try PasswordHashStore.outermostSchemes(reader)
                }
            }
            #expect(try outermost() == nil)
            for number in 1...5 { try store.account(UInt8(number)) }
            let scheme = try phc(1).scheme.text
            #expect(try outermost()?.first == scheme && outermost()?.last == scheme)
            let pages = try store.read { reader throws(DatabaseError) in
                let first = try PasswordHashStore.page(after: nil, limit: 3, reader)
                let rest = try PasswordHashStore.page(
                    after: first.last?.account, limit: 3, reader)
                return first + rest
            }
            #expect(pages.map(\.account) == (1...5).map { AccountID(UInt8($0)) })
            _ = try store.write { transaction throws(DatabaseError) in
                try transaction.execute("UPDATE password SET scheme = ''")
            }
            let open = try store.read { reader throws(DatabaseError) in
                try PasswordHashStore.unclassified(limit: 4, reader)
            }
            #expect(open.count == 4)
            try store.write { transaction throws(DatabaseError) in
                // One hash was renewed since it was read.
                try transaction.execute(
                    "UPDATE password SET phc = 'x' WHERE account_id = \(open[0].account)")
                for row in open {
                    try PasswordHashStore.classify(row, as: "bcrypt,cost=4", transaction)
                }
            }
            let counts = try store.read { reader throws(DatabaseError) in
                try PasswordHashStore.counts(reader)
            }
            #expect(counts.first { $0.scheme == "" }?.count == 2)
            #expect(counts.first { $0.scheme == "bcrypt,cost=4" }?.count == 3)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes a hash only under a pepper that the database knows`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            // keyid AAAAAQ is 00000001; AAAAaQ differs in case alone.
            let ours = try peppered(1, keyID: "AAAAAQ")
            let insert = { (hash: PHCString) throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try AccountStore.insert(
                        AccountID(1), locator: .of(1), keyID: "00000000",
                        profile: .init(email: "p1@example.com", displayName: nil), phc: hash,
                        application: "app", at: .epoch, transaction)
                }
            }
            #expect(throws: DatabaseError.unavailable("the pepper 00000001 was retired")) {
                try insert(ours)
            }
            #expect(try store.number("SELECT count(*) FROM account") == 0)
            let record = KeyStore.Record(
                id: "00000001", purpose: "pepper", checkValue: .of(1), isCurrent: false)
            try store.write { transaction throws(DatabaseError) in
                try KeyStore.insert(record, at: .epoch, transaction)
            }
            try insert(ours)
            for (text, expected) in [([0, 0, 0, 1], 1), ([0, 0, 0, 0x69], 0)] as [([UInt8], Int64)]
            {
                let id = try #require(PepperID(bytes: text))
                let count = try store.read { reader throws(DatabaseError) in
                    try PasswordHashStore.count(naming: id, reader)
                }
                #expect(count == expected)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `makes another key current, and deletes only what is not`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for (id, isCurrent) in [("a", true), ("b", false)] {
                let record = KeyStore.Record(
                    id: id, purpose: "pepper", checkValue: .of(1), isCurrent: isCurrent)
                try store.write { transaction throws(DatabaseError) in
                    try KeyStore.insert(record, at: .second(7), transaction)
                }
            }
            func makeCurrent(_ id: String) throws(DatabaseError) {
                try store.write { transaction throws(DatabaseError) in
                    try KeyStore.makeCurrent(id: id, purpose: "pepper", transaction)
                }
            }
            func delete(_ id: String) throws(DatabaseError) {
                try store.write { transaction throws(DatabaseError) in
                    try KeyStore.delete(id: id, purpose: "pepper", transaction)
                }
            }
            #expect(throws: DatabaseError.conflict) { try makeCurrent("c") }
            #expect(throws: DatabaseError.conflict) { try delete("a") }
            try makeCurrent("b")
            let all = try store.read { reader throws(DatabaseError) in try KeyStore.all(reader) }
            #expect(all.filter(\.isCurrent).map(\.id) == ["b"])
            try delete("a")
            #expect(throws: DatabaseError.conflict) { try delete("a") }
            let ages = try store.read { reader throws(DatabaseError) in try KeyStore.ages(reader) }
            #expect(ages == ["b": .second(7)])
        }
    }
}

@Suite struct `The store of imports` {
    @Test(arguments: TestDatabase.all)
    func `knows its own accounts from other people's`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            let hash = try PasswordHash(bcrypt)
            func standing(_ number: UInt8, mark: UInt8) throws(DatabaseError)
                -> ImportStore.Standing
            {
                try store.read { reader throws(DatabaseError) in
                    try ImportStore.standing(
                        locators: [.of(99), .of(number)], marks: [.of(98), .of(mark)], reader)
                }
            }
            #expect(try standing(1, mark: 1) == .taken)
            #expect(try standing(2, mark: 7) == .free)
            func insert() throws(DatabaseError) {
                try store.write { transaction throws(DatabaseError) in
                    try ImportStore.insert(
                        .init(
                            id: AccountID(2), keyID: "00000000",
                            profile: .init(email: "p2@example.com", displayName: "P"), hash: hash,
                            application: "app", createdAt: .second(5)),
                        locator: .of(2), mark: .of(7), at: .second(9), transaction)
                }
            }
            try insert()
            #expect(try standing(2, mark: 7) == .imported)
            #expect(try standing(2, mark: 8) == .taken)
            #expect(throws: DatabaseError.uniqueViolation) { try insert() }
            let account = try #require(try store.find(AccountID(2)))
            #expect(account.state == .active && account.createdAt == .second(5))
            #expect(account.password?.phc == bcrypt && account.password?.mustChange == false)
            // Renewed, it is the same import; closed, the mark is gone with the hash.
            let renewed = try phc(9)
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.rehash(account.id, phc: renewed, over: bcrypt, transaction)
            }
            #expect(try standing(2, mark: 7) == .imported)
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.close(
                    account, at: .second(10), tombstoneUntil: .latest, hasRecords: false,
                    transaction)
            }
            #expect(try standing(2, mark: 7) == .taken)
        }
    }
}
