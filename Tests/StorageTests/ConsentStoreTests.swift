import Accounts
import Secrets
import Storage
import Testing

private let version = PolicyVersion("2026-11")!  // a literal
private let french = LanguageTag("fr")!  // a literal

private func pin(_ number: UInt8) -> ConsentPin {
    ConsentPin(policyVersion: version, textDigest: .of(number), locale: french)
}

private func act(
    _ id: String, _ act: ConsentAct, at time: Int64, purpose: Purpose = .inform,
    evidence: String? = nil
) -> ConsentRecord {
    ConsentRecord(
        id: id, purpose: purpose, act: act, effectiveAt: .second(time), recordedAt: .second(99),
        pin: act == .given ? pin(1) : nil, channel: evidence == nil ? .site : .paper,
        evidence: evidence.flatMap(Remark.init), actor: "cli:0")
}

extension Store {
    fileprivate func policy() throws {
        try write { transaction throws(DatabaseError) in
            try PrivacyPolicyStore.insert(
                .init(
                    version: version, effectiveAt: .epoch, addedAt: .epoch, actor: "cli:0",
                    texts: [.init(locale: french, digest: .of(9))]),
                contents: [[1, 2]], transaction)
        }
    }

    fileprivate func append(_ record: ConsentRecord, of account: UInt8 = 1) throws {
        try write { transaction throws(DatabaseError) in
            try ConsentStore.append(record, of: AccountID(account), transaction)
        }
    }

    fileprivate func latest(_ purpose: Purpose = .inform, of account: UInt8 = 1) throws
        -> ConsentRecord?
    {
        try read { reader throws(DatabaseError) in
            try ConsentStore.latest(of: AccountID(account), purpose, reader)
        }
    }
}

@Suite struct `The history of consents` {
    @Test(arguments: TestDatabase.all)
    func `gives back every act as it was written`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.policy()
            try store.account(1)
            let acts = [
                act("c", .given, at: 5, evidence: "file 12 of 2026"),
                act("a", .withdrawn, at: 4), act("b", .given, at: 3, purpose: .publication),
            ]
            for act in acts { try store.append(act) }
            let history = try store.read { reader throws(DatabaseError) in
                try ConsentStore.history(of: AccountID(1), reader)
            }
            #expect(history == acts)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `counts the latest act of a purpose, and the withdrawal of two at once`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.policy()
            try store.account(1)
            try store.account(2)
            #expect(try store.latest() == nil)
            try store.append(act("z", .given, at: 5))
            #expect(try store.latest()?.id == "z")
            try store.append(act("y", .given, at: 4))
            #expect(try store.latest()?.id == "z", "a form typed in late")
            try store.append(act("a", .withdrawn, at: 5))
            #expect(try store.latest()?.id == "a")
            try store.append(act("b", .given, at: 6))
            #expect(try store.latest()?.id == "b")
            #expect(try store.latest(.publication) == nil)
            #expect(try store.latest(of: 2) == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `names a policy that exists`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.account(1)
            #expect(throws: DatabaseError.self) { try store.append(act("a", .given, at: 1)) }
            try store.append(act("b", .withdrawn, at: 1))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `goes as a whole, and nobody else's`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.policy()
            try store.account(1)
            try store.account(2)
            try store.append(act("a", .given, at: 1))
            try store.append(act("b", .given, at: 1), of: 2)
            try store.write { transaction throws(DatabaseError) in
                try ConsentStore.deleteAll(of: AccountID(1), transaction)
            }
            #expect(try store.latest() == nil)
            #expect(try store.latest(of: 2)?.id == "b")
        }
    }
}

@Suite struct `The versions of the privacy policy` {
    private func acceptance(_ account: UInt8, at time: Int64) -> PrivacyPolicyStore.Acceptance {
        .init(
            version: version, account: AccountID(account), at: .second(time), locale: french,
            channel: .app, evidence: nil, actor: "app_x")
    }

    @Test(arguments: TestDatabase.all)
    func `are kept word by word, once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.policy()
            #expect(throws: DatabaseError.uniqueViolation) { try store.policy() }
            let content = try store.read { reader throws(DatabaseError) in
                try PrivacyPolicyStore.content(of: version, in: french, reader)
            }
            #expect(content == [1, 2])
            let all = try store.read { reader throws(DatabaseError) in
                try PrivacyPolicyStore.all(reader)
            }
            #expect(all.map(\.version) == [version])
            #expect(all[0].texts == [.init(locale: french, digest: .of(9))])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `are accepted once by each person, and page by page`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.policy()
            for number in [3, 1, 2] as [UInt8] {
                try store.account(number)
                let isNew = try store.write { transaction throws(DatabaseError) in
                    let first = try PrivacyPolicyStore.accept(
                        acceptance(number, at: 5), transaction)
                    let second = try PrivacyPolicyStore.accept(
                        acceptance(number, at: 6), transaction)
                    return [first, second]
                }
                #expect(isNew == [true, false])
            }
            let page = { (last: AccountID?) in
                try store.read { reader throws(DatabaseError) in
                    try PrivacyPolicyStore.acceptances(
                        of: version, after: last, countMax: 2, reader)
                }
            }
            #expect(try page(nil) == [acceptance(1, at: 5), acceptance(2, at: 5)])
            #expect(try page(AccountID(2)) == [acceptance(3, at: 5)])
            #expect(try page(AccountID(3)).isEmpty)
        }
    }
}
