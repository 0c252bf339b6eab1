import Accounts
import Incidents
import Storage
import Testing

private let now = Timestamp(seconds: 1_800_000_000)

private func finding(
    _ number: UInt8, _ subject: Subject, _ severity: Severity = .critical, at: Timestamp = now,
    type: EventType = .credentialStuffing
) -> Finding {
    Finding(
        uid: FindingID(number), type: type, severity: severity, subject: subject,
        counted: .distinctAccounts(Int(number)), succeeded: 1, window: .minutes(10), startTime: at,
        lastTime: at, source: SourceAddress(parsing: "203.0.113.7"), isUpdate: false)
}

private func incident(
    _ number: UInt8, _ subject: Subject = .passwordTag, at: Timestamp = now
) throws -> Incident {
    try #require(
        Incident(
            openedBy: finding(number, subject, at: at), id: IncidentID(number), limit: .gdpr,
            start: .suspicion, at: at))
}

extension Store {
    fileprivate func insert(_ incident: Incident) throws(DatabaseError) {
        try write { transaction throws(DatabaseError) in
            try IncidentStore.insert(incident, findings: 1, transaction)
        }
    }

    fileprivate func record(_ number: UInt8) throws -> IncidentStore.Record {
        try #require(
            try read { reader throws(DatabaseError) in
                try IncidentStore.find(IncidentID(number), reader)
            })
    }

    fileprivate func update(
        _ record: IncidentStore.Record, _ incident: Incident
    ) throws(DatabaseError) {
        try write { transaction throws(DatabaseError) in
            try IncidentStore.update(
                incident, version: record.version, findings: record.findings, transaction)
        }
    }

    fileprivate func page(
        _ state: IncidentState? = nil, after: UInt8? = nil, limit: Int = 10
    ) throws -> [IncidentID] {
        try read { reader throws(DatabaseError) in
            try IncidentStore.page(
                state: state, after: after.map { IncidentID($0) }, limit: limit, reader)
        }.map(\.incident.id)
    }

    fileprivate func affected(
        _ scope: AffectedScope, after: AccountID? = nil, limit: Int = 100
    ) throws(DatabaseError) -> [AccountID] {
        try read { reader throws(DatabaseError) in
            try AffectedStore.page(scope, after: after, limit: limit, reader)
        }
    }

    fileprivate func signIn(
        _ account: AccountID, _ source: String, at: Timestamp = now, _ outcome: SignInOutcome,
        id: String
    ) throws(DatabaseError) {
        try write { transaction throws(DatabaseError) in
            try SignInStore.append(
                SignInAttempt(
                    outcome: outcome, account: .known(account),
                    source: SourceAddress(parsing: source), tags: []),
                id: id, application: "app", at: at, transaction)
        }
    }
}

@Suite struct `The register of incidents` {
    @Test(arguments: TestDatabase.all)
    func `gives back what was put in`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let opened = try incident(1)
            try store.insert(opened)
            #expect(try store.record(1) == .init(incident: opened, version: 1, findings: 1))
            var changed = opened
            try changed.take(.confirmed(awareAt: now), because: "seen", at: now)
            try changed.take(.waived(.people), because: "no risk", at: now)
            let late = now + .hours(73)
            try changed.take(.told(.authority, at: late), because: "a fire", at: late)
            changed.warn(.hours24)
            try store.update(try store.record(1), changed)
            #expect(try store.record(1) == .init(incident: changed, version: 2, findings: 1))
            var dismissed = try incident(2)
            try dismissed.take(.dismissed, because: "a test", at: now)
            try dismissed.take(.closed, because: "done", at: now)
            try store.insert(dismissed)
            #expect(try store.record(2).incident == dismissed)
            let report = try Incident(
                reported: "une copie", processor: "Hébergeur", since: now - .hours(1),
                id: IncidentID(3), limit: try #require(BreachNotificationLimit(hours: 96)),
                start: .awareness, at: now)
            try store.insert(report)
            #expect(try store.record(3).incident == report)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes one of two changes to the same version`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.insert(try incident(1))
            let read = try store.record(1)
            var warned = read.incident
            warned.warn(.hours48)
            let (first, second) = (warned, warned)
            let answers = racing(2) { index throws(DatabaseError) in
                try store.update(read, index == 0 ? first : second)
            }
            let won = answers.filter { if case .success = $0 { true } else { false } }
            #expect(won.count == 1)
            #expect(try store.record(1).version == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is paged, the latest first, by state`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for number in 1...5 as ClosedRange<UInt8> {
                var made = try incident(number, at: now + .seconds(Int64(number / 2)))
                if number == 4 { try made.take(.dismissed, because: "no", at: now + .hours(1)) }
                try store.insert(made)
            }
            let all = [5, 4, 3, 2, 1].map { IncidentID(UInt8($0)) }
            #expect(try store.page() == all)
            #expect(try store.page(limit: 2) == Array(all[..<2]))
            #expect(try store.page(after: 4, limit: 2) == Array(all[2..<4]))
            #expect(try store.page(after: 1) == [])
            #expect(try store.page(after: 9) == [])
            #expect(try store.page(.dismissed) == [all[1]])
            #expect(try store.page(.open) == [all[0], all[2], all[3], all[4]])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `finds what must be warned of, and whose clock runs`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.insert(try incident(1, at: now))
            try store.insert(try incident(2, at: now + .hours(1)))
            var told = try incident(3, at: now)
            try told.take(.told(.authority, at: now), because: "", at: now)
            try told.take(.told(.people, at: now), because: "", at: now)
            try store.insert(told)
            let due = { (at: Timestamp) in
                try store.read { reader throws(DatabaseError) in
                    try IncidentStore.toWarn(at: at, limit: 10, reader)
                }
            }
            #expect(try due(now + .hours(24) - .microseconds(1)) == [])
            #expect(try due(now + .hours(24)) == [IncidentID(1)])
            #expect(try due(now + .hours(25)) == [IncidentID(1), IncidentID(2)])
            let running = try store.read { reader throws(DatabaseError) in
                try IncidentStore.running(limit: 10, reader)
            }
            #expect(running.map(\.incident.id) == [IncidentID(1), IncidentID(2)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps the latest report of a finding, and so many of them`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.insert(try incident(1))
            let keep = { (kept: IncidentFinding) in
                try store.write { transaction throws(DatabaseError) in
                    try IncidentFileStore.keep(kept, of: IncidentID(1), transaction)
                }
            }
            #expect(try keep(IncidentFinding(finding(7, .passwordTag))))
            let again = IncidentFinding(finding(7, .passwordTag, .high, at: now + .hours(1)))
            #expect(try !keep(again))
            let found = try store.read { reader throws(DatabaseError) in
                try IncidentFileStore.findings(of: IncidentID(1), reader)
            }
            #expect(found == [again])
            try store.write { transaction throws(DatabaseError) in
                for number in 1..<IncidentFileStore.findingsMax {
                    let bytes = (0..<16).map { UInt8($0 < 2 ? number >> (8 * $0) & 255 : 9) }
                    let more = IncidentFinding(
                        Finding(
                            uid: FindingID(bytes: bytes), type: .bruteForce, severity: .low,
                            subject: .passwordTag, counted: .attempts(1), succeeded: 0,
                            window: .hours(1), startTime: now, lastTime: now, source: nil,
                            isUpdate: false))
                    _ = try IncidentFileStore.keep(more, of: IncidentID(1), transaction)
                }
            }
            #expect(try keep(IncidentFinding(finding(8, .auditLog))))
            #expect(
                try store.number("SELECT count(*) FROM incident_finding")
                    == Int64(IncidentFileStore.findingsMax))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps answers, timeline and versions`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.insert(try incident(1))
            let id = IncidentID(1)
            try store.write { transaction throws(DatabaseError) in
                for value in ["unknown", "external_malicious"] {
                    try IncidentFileStore.set(
                        .cause, to: value, of: id, by: "cli:0", at: now, transaction)
                }
                try IncidentFileStore.set(
                    .contact, to: "x", of: id, by: "cli:0", at: now, transaction)
                try IncidentFileStore.set(
                    .contact, to: nil, of: id, by: "cli:0", at: now, transaction)
                for word in ["opened", "found"] {
                    try IncidentFileStore.append(
                        word, "é", to: id, by: "service", isSeen: true, at: now, transaction)
                }
                for content in [[1], [2]] as [[UInt8]] {
                    _ = try IncidentFileStore.save(
                        content, of: id, by: "cli:0", at: now, transaction)
                }
            }
            try store.read { reader throws(DatabaseError) in
                let fields = try IncidentFileStore.fields(of: id, reader)
                #expect(fields == [.cause: "external_malicious"])
                let timeline = try IncidentFileStore.timeline(of: id, reader)
                #expect(timeline.map(\.number) == [1, 2])
                #expect(timeline.map(\.action) == ["opened", "found"])
                let versions = try IncidentFileStore.versions(of: id, reader)
                #expect(versions.map(\.kind) == [.initial, .complementary])
                let first = try IncidentFileStore.content(version: 1, of: id, reader)
                #expect(first?.content == [1])
                #expect(try IncidentFileStore.content(version: 3, of: id, reader) == nil)
            }
        }
    }
}

@Suite struct `The list of affected accounts` {
    @Test(arguments: TestDatabase.all)
    func `has who was signed in to from the source, once, in pages`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let accounts = try (1...6).map { try store.account($0).id }
            try store.write { transaction throws(DatabaseError) in
                try CanaryStore.add(accounts[4], at: now, transaction)
            }
            let rows: [(Int, String, Duration, SignInOutcome)] = [
                (0, "203.0.113.7", .zero, .success), (0, "203.0.113.7", .hours(1), .success),
                (1, "203.0.113.7", .hours(24), .success),
                (2, "203.0.113.7", .hours(25), .success),
                (2, "203.0.113.8", .zero, .success), (3, "203.0.113.7", .zero, .failure),
                (4, "203.0.113.7", .zero, .success), (5, "203.0.113.7", .zero, .success),
            ]
            for (index, row) in rows.enumerated() {
                try store.signIn(
                    accounts[row.0], row.1, at: now + row.2, row.3, id: "0\(index)")
            }
            let source = try #require(SourceAddress(parsing: "203.0.113.7"))
            let scope = AffectedScope(
                [
                    IncidentFinding(finding(1, .source(source.narrow))),
                    IncidentFinding(finding(2, .account(accounts[3]), type: .bruteForce)),
                    IncidentFinding(finding(3, .account(AccountID(9)), type: .bruteForce)),
                ], isReported: false)
            let expected = [accounts[0], accounts[1], accounts[3], accounts[5]]
            #expect(try store.affected(scope) == expected)
            #expect(try store.affected(scope, limit: 2) == Array(expected[..<2]))
            #expect(
                try store.affected(scope, after: expected[1], limit: 2) == Array(expected[2...]))
            #expect(try store.affected(scope, after: expected[3]) == [])
            let count = try store.read { reader throws(DatabaseError) in
                try AffectedStore.count(scope, reader)
            }
            #expect(count == 4)
            // A closed account's row is cut to the network, and still counts.
            try store.write { transaction throws(DatabaseError) in
                try SignInStore.blurSources(of: accounts[0], transaction)
            }
            #expect(try store.affected(scope) == expected)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `finds IPv6 addresses however their zeros are written`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let accounts = try (1...4).map { try store.account($0).id }
            let places = ["2001:db8::1", "2001:db8:0:5::1", "2001:db8:1::1", "2001:db8:0:5::2"]
            for (index, place) in places.enumerated() {
                try store.signIn(accounts[index], place, .success, id: "0\(index)")
            }
            let network = try #require(SourceAddress(parsing: places[0])).wide
            let scope = AffectedScope(
                [IncidentFinding(finding(1, .source(network)))], isReported: false)
            #expect(try store.affected(scope) == [accounts[0], accounts[1], accounts[3]])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is everybody but decoys and closed accounts after a near-proof`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            let accounts = try (1...4).map { try store.account($0) }
            try store.write { transaction throws(DatabaseError) in
                try CanaryStore.add(accounts[1].id, at: now, transaction)
                try AccountStore.close(
                    accounts[2], at: now, tombstoneUntil: .latest, hasRecords: false, transaction)
            }
            let scope = AffectedScope(
                [IncidentFinding(finding(1, .auditLog, type: .auditTampering))],
                isReported: false)
            #expect(try store.affected(scope) == [accounts[0].id, accounts[3].id])
            #expect(try store.affected(scope, after: accounts[0].id) == [accounts[3].id])
        }
    }
}
