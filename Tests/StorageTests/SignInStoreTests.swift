import Accounts
import Secrets
import Storage
import Testing

private func tags(_ value: Int64) throws -> PasswordTags {
    PasswordTags(
        current: try #require(PasswordTag(stored: value)),
        previous: try #require(PasswordTag(stored: value + 1)))
}

extension Store {
    fileprivate func append(
        _ id: String, _ outcome: SignInOutcome, _ account: AttemptedAccount = .known(AccountID(1)),
        source: String? = "203.0.113.7", tags: [PasswordTags] = [], count: Int = 1,
        at now: Int64 = 0
    ) throws {
        let address = source.flatMap { SourceAddress(parsing: $0) }
        let attempt = SignInAttempt(
            outcome: outcome, account: account, source: address, tags: tags, count: count)
        try write { transaction throws(DatabaseError) in
            try SignInStore.append(
                attempt, id: id, application: "app", at: .second(now), transaction)
        }
    }

    fileprivate func unfolded(limit: Int = 100) throws -> [SignInStore.Record] {
        try read { reader throws(DatabaseError) in
            try SignInStore.unfolded(limit: limit, reader)
        }
    }

    fileprivate func fold(_ record: SignInStore.Record) throws {
        try write { transaction throws(DatabaseError) in
            try SignInStore.markFolded(record, transaction)
        }
    }
}

@Suite struct `The sign-in log` {
    @Test(arguments: TestDatabase.all)
    func `gives back every kind of attempt`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let some = try tags(1)
            try store.append("a", .success)
            try store.append("b", .failure, tags: [some], at: 1)
            try store.append(
                "c", .unknownAccount, .unknown(UnknownID(locator: .of(5))), source: nil,
                tags: [some])
            try store.append("d", .failure, source: "2001:db8::1", tags: [try tags(1_048_574)])
            let records = try store.unfolded()
            #expect(records.map(\.id) == ["a", "b", "c", "d"])
            #expect(
                records.map(\.attempt.outcome) == [.success, .failure, .unknownAccount, .failure])
            #expect(records[1].attempt.tags == [some])
            #expect(records[1].at == .second(1))
            #expect(records[2].attempt.account == .unknown(UnknownID(locator: .of(5))))
            #expect(records[2].attempt.source == nil)
            #expect(records[3].attempt.source == SourceAddress(parsing: "2001:db8::1"))
            #expect(records[3].attempt.tags == [try tags(1_048_574)])
            #expect(try store.unfolded(limit: 2).map(\.id) == ["a", "b"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps refused attempts of one minute in one row`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.append("a", .throttled, tags: [try tags(1)], count: 3, at: 60)
            try store.append("b", .throttled, tags: [try tags(1), try tags(9)], count: 2, at: 119)
            try store.append("c", .throttled, tags: [try tags(1)], at: 120)
            try store.append("d", .throttled, source: "203.0.113.8", at: 60)
            try store.append("e", .failure, at: 60)
            try store.append("f", .failure, at: 60)
            let records = try store.unfolded()
            #expect(records.map(\.id) == ["a", "c", "d", "e", "f"])
            #expect(records[0].attempt.count == 5)
            #expect(records[0].attempt.tags == [try tags(1), try tags(9)])
            let many = try (0..<20).map { try tags(Int64(100 + $0)) }
            try store.append("g", .throttled, tags: Array(many[..<16]), at: 60)
            try store.append("h", .throttled, tags: Array(many[4...]), at: 60)
            #expect(try store.unfolded()[0].attempt.tags.count == SignInAttempt.tagsMax)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is folded once, and again for what joined later`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.append("a", .throttled, tags: [try tags(1)], count: 3)
            let first = try #require(try store.unfolded().first)
            #expect(first.unfolded.count == 3)
            try store.fold(first)
            #expect(try store.unfolded().isEmpty)
            #expect(throws: DatabaseError.conflict) { try store.fold(first) }
            try store.append("b", .throttled, tags: [try tags(5)], count: 2)
            let second = try #require(try store.unfolded().first)
            #expect(second.folded == 3)
            #expect(second.unfolded.count == 2)
            try store.fold(second)
            let folded = try store.read { reader throws(DatabaseError) in
                try SignInStore.folded(since: .second(0), after: "", limit: 10, reader)
            }
            #expect(folded.map(\.id) == ["a"])
            #expect(folded.first?.attempt.count == 5)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is folded by one of two who read the same row`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.append("a", .failure)
            let record = try #require(try store.unfolded().first)
            let results = racing(4) { _ throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try SignInStore.markFolded(record, transaction)
                }
            }
            #expect(results.filter { (try? $0.get()) != nil }.count == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is read back page by page`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for (index, id) in ["a", "b", "c", "d", "e"].enumerated() {
                try store.append(id, .failure, at: Int64(index))
            }
            for record in try store.unfolded(limit: 4) { try store.fold(record) }
            let page = { (since: Int64, after: String) in
                try store.read { reader throws(DatabaseError) in
                    try SignInStore.folded(
                        since: .second(since), after: after, limit: 2, reader)
                }.map(\.id)
            }
            #expect(try page(0, "") == ["a", "b"])
            #expect(try page(0, "b") == ["c", "d"])
            #expect(try page(0, "d").isEmpty)
            #expect(try page(3, "") == ["d"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `loses its tags when they are old`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for (index, id) in ["a", "b", "c"].enumerated() {
                try store.append(id, .failure, tags: [try tags(1)], at: Int64(index))
            }
            let null = { (before: Int64, limit: Int) in
                try store.write { transaction throws(DatabaseError) in
                    try SignInStore.nullTags(before: .second(before), limit: limit, transaction)
                }
            }
            #expect(try null(0, 10) == 0)
            #expect(try null(2, 1) == 1)
            #expect(try null(2, 10) == 1)
            #expect(try store.unfolded().map(\.attempt.tags.count) == [0, 0, 1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps only the network of whoever closed their account`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.append("a", .failure, tags: [try tags(1)])
            try store.append("b", .success, source: "2001:db8:1:2::3")
            try store.append("c", .success, source: nil)
            try store.append("d", .throttled, source: "203.0.113.7")
            try store.append("e", .throttled, source: "203.0.113.8")
            try store.append("f", .success, .known(AccountID(2)))
            try store.write { transaction throws(DatabaseError) in
                try SignInStore.blurSources(of: AccountID(1), transaction)
            }
            let rows = try store.read { reader throws(DatabaseError) in
                try reader.rows("SELECT source FROM sign_in ORDER BY id") {
                    row throws(DatabaseError) in try row.text(0)
                }
            }
            #expect(
                rows == ["203.0.113.0/24", "2001:db8:1::/48", "", "203.0.113.0/24", "203.0.113.7"]
            )
            #expect(try store.unfolded().first?.attempt.tags.isEmpty == true)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses rows that this program did not write`(_ test: TestDatabase) throws {
        for damage: SQL in [
            "UPDATE sign_in SET outcome = 'perhaps'", "UPDATE sign_in SET subject = 'somebody'",
            "UPDATE sign_in SET attempts = 0, folded = -1", "UPDATE sign_in SET folded = -1",
            "UPDATE sign_in SET tags = \([1, 2] as [UInt8])",
            "UPDATE sign_in SET tags = \([255, 255, 255, 0, 0, 0] as [UInt8])",
        ] {
            try Store.with(test) { store in
                try store.append("a", .failure, tags: [try tags(1)])
                try store.write { transaction throws(DatabaseError) in
                    _ = try transaction.execute(damage)
                }
                #expect(throws: DatabaseError.self, "\(damage)") { try store.unfolded() }
            }
        }
    }
}
