import Accounts
import Passwords
import Storage
import Testing

extension Store {
    fileprivate func appendSuccess(
        _ id: String, of account: AccountID, isBreached: Bool = false
    ) throws {
        try write { transaction throws(DatabaseError) in
            try SignInStore.append(
                SignInAttempt(
                    outcome: .success, account: .known(account), source: nil, tags: [],
                    isBreached: isBreached),
                id: id, application: "app", at: .epoch, transaction)
        }
    }

    fileprivate func canaries() throws -> [CanaryStore.Record] {
        try read { reader throws(DatabaseError) in try CanaryStore.all(reader) }
    }
}

@Suite struct `The list of decoys` {
    @Test(arguments: TestDatabase.all)
    func `marks accounts in a table of its own`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let accounts = try (1...3).map { try store.account($0).id }
            for (index, account) in [accounts[2], accounts[0]].enumerated() {
                try store.write { transaction throws(DatabaseError) in
                    try CanaryStore.add(account, at: .second(Int64(index)), transaction)
                }
            }
            let listed = try store.canaries()
            #expect(listed.map(\.account) == [accounts[2], accounts[0]])
            #expect(listed.map(\.email) == ["p3@example.com", "p1@example.com"])
            #expect(listed.map(\.addedAt) == [.second(0), .second(1)])
            #expect(listed.allSatisfy { $0.state == .active })
            let known = try accounts.map { account in
                try store.read { reader throws(DatabaseError) in
                    try CanaryStore.contains(account, reader)
                }
            }
            #expect(known == [true, false, true])
            let removed = try (0..<2).map { _ in
                try store.write { transaction throws(DatabaseError) in
                    try CanaryStore.remove(accounts[0], transaction)
                }
            }
            #expect(removed == [true, false])
            #expect(try store.canaries().count == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `holds no account twice, and none that is not there`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let account = try store.account(1).id
            try store.write { transaction throws(DatabaseError) in
                try CanaryStore.add(account, at: .epoch, transaction)
            }
            for account in [account, AccountID(9)] {
                #expect(throws: DatabaseError.self) {
                    try store.write { transaction throws(DatabaseError) in
                        try CanaryStore.add(account, at: .epoch, transaction)
                    }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows in the sign-in log as the detectors read it`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let accounts = try (1...2).map { try store.account($0).id }
            try store.write { transaction throws(DatabaseError) in
                try CanaryStore.add(accounts[0], at: .epoch, transaction)
            }
            try store.appendSuccess("a", of: accounts[0])
            try store.appendSuccess("b", of: accounts[1], isBreached: true)
            let unfolded = try store.read { reader throws(DatabaseError) in
                try SignInStore.unfolded(limit: 10, reader)
            }
            #expect(unfolded.map(\.unfolded.isCanary) == [true, false])
            #expect(unfolded.map(\.unfolded.isBreached) == [false, true])
            for record in unfolded {
                try store.write { transaction throws(DatabaseError) in
                    try SignInStore.markFolded(record, transaction)
                }
            }
            let folded = try store.read { reader throws(DatabaseError) in
                try SignInStore.folded(since: .epoch, after: "", limit: 10, reader)
            }
            #expect(folded.map(\.attempt) == unfolded.map(\.attempt))
        }
    }
}
