import Accounts
import Storage
import Testing

@Suite struct `The store of verdicts` {
    @Test(arguments: TestDatabase.all)
    func `keeps one for each account, and none of a closed one`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let account = try store.account(1)
            for byte in [7, 8] as [UInt8] {
                try store.write { transaction throws(DatabaseError) in
                    try VerdictStore.save(
                        .init(keyID: "k", sealed: [byte]), of: account.id, transaction)
                }
            }
            let found = try store.read { reader throws(DatabaseError) in
                try VerdictStore.find(account.id, reader)
            }
            #expect(found == .init(keyID: "k", sealed: [8]))
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.close(
                    account, at: .epoch, tombstoneUntil: .latest, hasRecords: false, transaction)
            }
            #expect(try store.number("SELECT count(*) FROM verdict") == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives living accounts page by page, each once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for number in 1...7 as ClosedRange<UInt8> {
                try store.account(number, at: .second(Int64(number)))
            }
            let closing = try #require(try store.find(AccountID(4)))
            try store.write { transaction throws(DatabaseError) in
                try AccountStore.close(
                    closing, at: .epoch, tombstoneUntil: .latest, hasRecords: false, transaction)
                try VerdictStore.save(
                    .init(keyID: "k", sealed: [1]), of: AccountID(2), transaction)
                for (second, outcome) in [(50, SignInOutcome.success), (90, .failure)] {
                    for number in [2, 3] as [UInt8] {
                        try SignInStore.append(
                            SignInAttempt(
                                outcome: outcome, account: .known(AccountID(number)), source: nil,
                                tags: []),
                            id: "\(second)-\(number)", application: "app",
                            at: .second(Int64(second)), transaction)
                    }
                }
            }
            var seen: [VerdictStore.Audited] = []
            while true {
                let page = try store.read { reader throws(DatabaseError) in
                    try VerdictStore.page(after: seen.last?.id, rowsMax: 2, reader)
                }
                #expect(page.count <= 2)
                if page.isEmpty { break }
                seen += page
            }
            #expect(seen.map(\.id) == [1, 2, 3, 5, 6, 7].map { AccountID($0) })
            #expect(seen[1].verdict == .init(keyID: "k", sealed: [1]))
            #expect(seen[1].signedInAt == nil, "asked for only where there is no verdict")
            #expect(seen[2].signedInAt == .second(50), "a failure is no use")
            #expect(seen[0].createdAt == .second(1) && seen[0].password?.setAt == .second(1))
            let count = try store.read { reader throws(DatabaseError) in
                try VerdictStore.countLiving(reader)
            }
            #expect(count == 6)
        }
    }
}

@Suite struct `The store of policy switches` {
    private func record(
        _ number: Int64, _ stage: RemediationStage, _ policy: String = "p",
        content: [UInt8] = [1]
    ) -> PolicySwitchStore.Record {
        .init(
            number: number, at: .second(number), actor: "cli:0", policy: policy, version: 1,
            stage: stage, rules: stage == .notify ? ["too_short", "breached"] : [],
            blockAfter: stage == .blockAfter ? .second(99) : nil, content: content)
    }

    @Test(arguments: TestDatabase.all)
    func `knows the last step, and the last that decides`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let current = {
                try store.read { reader throws(DatabaseError) in
                    let steps = try PolicySwitchStore.current(reader)
                    return [
                        try PolicySwitchStore.lastNumber(reader), steps.latest?.number ?? 0,
                        steps.standing?.number ?? 0,
                    ]
                }
            }
            #expect(try current() == [0, 0, 0])
            let stages: [(RemediationStage, [Int64])] = [
                (.monitor, [1, 1, 0]), (.notify, [2, 2, 2]), (.monitor, [3, 3, 2]),
                (.blockAfter, [4, 4, 4]), (.withdrawn, [5, 5, 5]),
            ]
            for (index, (stage, expected)) in stages.enumerated() {
                try store.write { transaction throws(DatabaseError) in
                    try PolicySwitchStore.append(record(Int64(index + 1), stage), transaction)
                }
                #expect(try current() == expected, "\(stage)")
            }
            let history = try store.read { reader throws(DatabaseError) in
                try PolicySwitchStore.latest(countMax: 4, reader)
            }
            #expect(
                history == [
                    record(5, .withdrawn), record(4, .blockAfter), record(3, .monitor),
                    record(2, .notify),
                ])
            #expect(throws: DatabaseError.uniqueViolation) {
                try store.write { transaction throws(DatabaseError) in
                    try PolicySwitchStore.append(record(5, .notify), transaction)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `knows every text that a version was recorded with`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.write { transaction throws(DatabaseError) in
                for (number, content) in [(1, 1), (2, 1), (3, 2)] as [(Int64, UInt8)] {
                    try PolicySwitchStore.append(
                        record(number, .monitor, content: [content]), transaction)
                }
                try PolicySwitchStore.append(record(4, .monitor, "q"), transaction)
            }
            let content = try store.read { reader throws(DatabaseError) in
                try PolicySwitchStore.content(of: "p", version: 1, reader)
            }
            #expect(Set(content) == [[1], [2]])
        }
    }
}

@Suite struct `The store of password audits` {
    @Test(arguments: TestDatabase.all)
    func `has one open at a time, taken by one, and taken over from one that is silent`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            let ask = { (id: String, second: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try PasswordAuditStore.ask(id, by: "adm", at: .second(second), transaction)
                }
            }
            let claim = { (silent: Int64, second: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try PasswordAuditStore.claim(
                        silentSince: .second(silent), at: .second(second), transaction)
                }
            }
            #expect(try claim(0, 1) == nil)
            #expect(try ask("a", 10) == nil)
            #expect(try ask("b", 10) == "a")
            #expect(try claim(0, 11) == "a")
            #expect(try claim(10, 12) == nil, "it is somebody's")
            try store.write { transaction throws(DatabaseError) in
                try PasswordAuditStore.beat("a", at: .second(50), transaction)
            }
            #expect(try claim(49, 60) == nil)
            #expect(try claim(50, 60) == "a", "nobody has spoken of it since")
            try store.write { transaction throws(DatabaseError) in
                try PasswordAuditStore.finish(
                    "a", report: [1], countMax: 9, at: .second(70), transaction)
            }
            #expect(try claim(100, 100) == nil)
            #expect(try ask("b", 80) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps so many reports`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for id in ["a", "b", "c", "d"] {
                try store.write { transaction throws(DatabaseError) in
                    #expect(
                        try PasswordAuditStore.ask(id, by: "adm", at: .epoch, transaction) == nil)
                    try PasswordAuditStore.finish(
                        id, report: Array(id.utf8), countMax: 2, at: .second(1), transaction)
                }
            }
            let kept = try store.read { reader throws(DatabaseError) in
                try PasswordAuditStore.latest(countMax: 9, reader)
            }
            #expect(kept.map(\.id) == ["d", "c"])
            #expect(kept[0].report == Array("d".utf8) && kept[0].finishedAt == .second(1))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lifts the restriction of one session`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let account = try store.account(1)
            let record = { (number: UInt8) in
                SessionStore.Record(
                    digest: .of(number), accountID: account.id, application: "app",
                    createdAt: .epoch, expiresAt: .second(9), usedAt: .epoch, isRestricted: true)
            }
            try store.write { transaction throws(DatabaseError) in
                try SessionStore.insert(record(1), transaction)
                try SessionStore.insert(record(2), transaction)
                #expect(try SessionStore.find(.of(1), transaction)?.isRestricted == true)
                try SessionStore.lift(.of(1), transaction)
                #expect(try SessionStore.find(.of(1), transaction)?.isRestricted == false)
                #expect(try SessionStore.find(.of(2), transaction)?.isRestricted == true)
            }
        }
    }
}
