import Accounts
import Incidents
import SeededRandom
import Testing

private final class Watch {
    var value: StuffingDetector

    init(_ settings: StuffingSettings = .standard) { value = StuffingDetector(settings) }

    @discardableResult
    func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        value.observe(attempt, at: now)
    }

    /// One failure on each of so many accounts, one every `interval`.
    func tryAccounts(
        _ numbers: Range<Int>, outcome: SignInOutcome = .failure, every interval: Duration,
        from source: (Int) -> SourceAddress = { _ in home }, since first: Timestamp = start
    ) -> [Finding] {
        numbers.enumerated().flatMap { index, number in
            observe(tried(outcome, number, from: source(number)), at: first + interval * index)
        }
    }
}

@Suite struct `Credential stuffing` {
    @Test func `is twenty accounts in ten minutes from one address`() throws {
        let detector = Watch()
        #expect(detector.tryAccounts(0..<19, every: .seconds(30), since: start).isEmpty)
        let last = start + .minutes(10) - .microseconds(1)
        let found = detector.observe(tried(.failure, 19, from: home), at: last)
        let finding = try #require(found.first)
        #expect(found.count == 1)
        #expect(finding.severity == .high)
        #expect(finding.detector == "credential_stuffing")
        #expect(finding.subject.text == "source/203.0.113.7")
        #expect(finding.count == 20)
        #expect(finding.unknown == 0)
        #expect(finding.startTime == start)
        #expect(finding.key == "credential_stuffing source/203.0.113.7")
        #expect(!finding.isSuspectedBreach)
    }

    @Test func `is not nineteen, nor twenty over ten minutes`() {
        let detector = Watch()
        #expect(detector.tryAccounts(0..<19, every: .seconds(30), since: start).isEmpty)
        #expect(
            detector.observe(tried(.failure, 19, from: home), at: start + .minutes(10)).isEmpty)
        let repeating = Watch()
        for round in 0..<50 {
            let since = start + .seconds(Int64(round))
            #expect(repeating.tryAccounts(0..<19, every: .milliseconds(1), since: since).isEmpty)
        }
    }

    @Test func `is fifty accounts in a day`() throws {
        let slow = Watch()
        let found = slow.tryAccounts(0..<50, every: .seconds(1_763), since: start)
        #expect(found.map(\.count) == [50])
        #expect(try #require(found.first).window == .hours(24))
        let slower = Watch()
        #expect(slower.tryAccounts(0..<49, every: .seconds(1_763), since: start).isEmpty)
        #expect(slower.observe(tried(.failure, 49, from: home), at: start + .hours(24)).isEmpty)
    }

    @Test func `is told by accounts that do not exist, thirty per cent of them`() {
        // Everybody who exists gets in, so only the unknown ones speak.
        for (unknown, isFound) in [(6, true), (5, false)] {
            let detector = Watch()
            var found: [Finding] = []
            for number in 0..<20 {
                let outcome: SignInOutcome = number < unknown ? .unknownAccount : .success
                found += detector.observe(
                    tried(outcome, number, from: home), at: start + .seconds(Int64(number)))
            }
            #expect(found.isEmpty != isFound, "\(unknown) of 20")
        }
    }

    @Test func `is told by few successes, under twenty per cent`() {
        for (succeeding, isFound) in [(3, true), (4, false)] {
            let detector = Watch()
            var found: [Finding] = []
            for number in 0..<20 {
                let outcome: SignInOutcome = number < succeeding ? .success : .failure
                found += detector.observe(
                    tried(outcome, number, from: home), at: start + .seconds(Int64(number)))
            }
            #expect(found.isEmpty != isFound, "\(succeeding) of 20")
            #expect(found.allSatisfy { $0.severity == .critical && $0.succeeded == 3 })
        }
    }

    @Test func `turns critical with the first success, for a day after the last account`() throws {
        let detector = Watch()
        let first = try #require(
            detector.tryAccounts(0..<20, every: .seconds(1), since: start).first)
        let tooLate = Watch()
        _ = tooLate.tryAccounts(0..<20, every: .seconds(1), since: start)
        let end = start + .seconds(19) + .hours(24)
        #expect(tooLate.observe(tried(.success, 99, from: home), at: end).isEmpty)
        let second = try #require(
            detector.observe(tried(.success, 99, from: home), at: end - .microseconds(1)).first)
        #expect(second.severity == .critical)
        #expect(second.isSuspectedBreach && !second.isAware)
        #expect(second.uid == first.uid && second.isUpdate)
        #expect(second.succeeded == 1)
    }

    @Test func `is not diluted by an attacker's own account, however often it signs in`() throws {
        let detector = Watch()
        var found: [Finding] = []
        for number in 0..<20 {
            let now = start + .seconds(Int64(number) * 10)
            for _ in 0..<30 {
                found += detector.observe(tried(.success, 999, from: home), at: now)
            }
            found += detector.observe(tried(.failure, number, from: home), at: now)
        }
        // Nineteen and his own are twenty accounts.
        #expect(try #require(found.first).count == 20)
        #expect(found.first?.severity == .critical)
        #expect(found.count == 1)
    }

    @Test func `is not reset by a success`() {
        let detector = Watch()
        #expect(detector.tryAccounts(0..<15, every: .seconds(1), since: start).isEmpty)
        #expect(
            detector.observe(tried(.success, 100, from: home), at: start + .seconds(20)).isEmpty)
        let later = start + .seconds(30)
        #expect(detector.tryAccounts(15..<19, every: .seconds(1), since: later).count == 1)
    }

    @Test func `that goes on updates one finding, and counts no account twice`() {
        let detector = Watch()
        let found = detector.tryAccounts(0..<391, every: .seconds(1), since: start)
        #expect(found.map(\.count) == [20, 40, 80, 160, 320])
        #expect(Set(found.map(\.uid)).count == 1)
        // More accounts than are remembered, again and again.
        let again = (0..<5).flatMap { round in
            detector.tryAccounts(
                0..<391, every: .seconds(1), since: start + .hours(Int64(round + 1)))
        }
        #expect(again.isEmpty)
    }
}

@Suite struct `A network of sources` {
    @Test func `is watched as a /24`() throws {
        let detector = Watch()
        let found = detector.tryAccounts(0..<20, every: .seconds(1), from: { v4($0) })
        #expect(found.map(\.subject.text) == ["source/10.0.0.0/24"])
    }

    @Test func `is watched as a /48, whoever rotates within it`() throws {
        let detector = Watch()
        let found = detector.tryAccounts(0..<100, every: .seconds(5), from: { v6($0 * 601) })
        #expect(Set(found.map(\.subject.text)) == ["source/2001:db8:1::/48"])
        #expect(found.map(\.count) == [20, 40, 80])
    }

    @Test func `of one subscriber is one /64, whatever the address within`() {
        let detector = Watch()
        let found = detector.tryAccounts(
            0..<20, every: .seconds(1),
            from: { SourceAddress(bits: v6(7).bits + UInt128($0) * 7_919) })
        #expect(found.map(\.subject.text) == ["source/2001:db8:1:7::/64"])
    }

    @Test func `is not reported beside the one address that it is`() {
        let detector = Watch()
        let found = detector.tryAccounts(0..<30, every: .seconds(1), since: start)
        #expect(Set(found.map(\.subject.text)) == ["source/203.0.113.7"])
        // A neighbour who only signs in is none; one who fails makes it a network's matter.
        let neighbour = SourceAddress(bits: home.bits + 1)
        let later = start + .minutes(1)
        #expect(detector.observe(tried(.success, 400, from: neighbour), at: later).isEmpty)
        let more = detector.observe(tried(.failure, 401, from: neighbour), at: later)
        #expect(more.map(\.subject.text) == ["source/203.0.113.0/24"])
    }

    @Test func `without an address is not followed`() {
        let detector = Watch()
        for number in 0..<100 {
            #expect(detector.observe(tried(.failure, number, from: nil), at: start).isEmpty)
        }
        #expect(detector.value.sourceCounts == (0, 0, 0))
    }
}

@Suite struct `The stuffing detector` {
    @Test func `is silent on a campus: 300 people behind one address, five per cent typing errors`()
    {
        var random = Seeded(3)
        for mistakes in [SignInOutcome.failure, .unknownAccount] {
            let detector = Watch()
            var trace: [Moment] = []
            for day in 0..<3 {
                for person in 0..<300 {
                    for _ in 0..<3 {
                        let second =
                            Double(day) * 86_400 + Double.random(in: 0..<36_000, using: &random)
                        let at = start.after(seconds: second)
                        if Int.random(in: 0..<20, using: &random) == 0 {
                            let name = person + (mistakes == .unknownAccount ? 1_000 * day : 0)
                            trace.append(
                                Moment(at: at, attempt: tried(mistakes, name, from: home)))
                        }
                        trace.append(
                            Moment(
                                at: at + .seconds(8), attempt: tried(.success, person, from: home)))
                    }
                }
            }
            let found = trace.inOrder.flatMap { detector.observe($0.attempt, at: $0.at) }
            #expect(found.isEmpty)
        }
    }

    @Test func `remembers a flagged source through a flood of a million others`() throws {
        let detector = Watch()
        let flagged = try #require(
            detector.tryAccounts(0..<20, every: .seconds(1), since: start).first)
        for number in 0..<1_000_000 {
            let source = v4(number * 13)
            let now = start + .minutes(1) + .milliseconds(Int64(number) * 40)
            detector.observe(tried(.failure, 1_000 + number, from: source), at: now)
        }
        let counts = detector.value.sourceCounts
        #expect(counts.narrow == StuffingSettings.standard.narrowMax)
        #expect(counts.wide == StuffingSettings.standard.wideMax)
        #expect(counts.broad <= 512)
        let critical = try #require(
            detector.observe(tried(.success, 5, from: home), at: start + .hours(12)).first)
        #expect(critical.uid == flagged.uid)
        #expect(critical.severity == .critical)
    }

    @Test func `full, merges a network into its /8 instead of forgetting it`() throws {
        var settings = StuffingSettings.standard
        settings.wideMax = 4
        let detector = Watch(settings)
        // Two accounts that nobody has from each of many networks: none of them stands out.
        let found = detector.tryAccounts(
            0..<60, outcome: .unknownAccount, every: .seconds(1),
            from: { v4($0 / 2 * 256 + $0 % 2) })
        let first = try #require(found.first)
        #expect(first.subject.text == "source/10.0.0.0/8")
        #expect(first.count >= 20)
        #expect(detector.value.sourceCounts.wide == 4)
    }

    @Test func `full of flagged networks, counts a new one in its /8 at once`() throws {
        var settings = StuffingSettings.standard
        (settings.wideMax, settings.shortCount) = (2, 2)
        let detector = Watch(settings)
        for network in 0..<2 {
            let found = detector.tryAccounts(
                network * 2..<network * 2 + 2, every: .seconds(1),
                from: { v4(network * 256 + $0) })
            #expect(found.count == 1)
        }
        let found = detector.tryAccounts(
            10..<12, outcome: .unknownAccount, every: .seconds(1), from: { v4(5 * 256 + $0) },
            since: start + .minutes(1))
        #expect(found.map(\.subject.text) == ["source/10.0.0.0/8"])
    }

    @Test func `is right again after a clock was put back`() {
        let detector = Watch()
        let wrong = start + .days(400)
        #expect(detector.tryAccounts(0..<15, every: .seconds(1), since: wrong).isEmpty)
        #expect(detector.tryAccounts(20..<39, every: .seconds(1), since: start).isEmpty)
        #expect(
            detector.observe(tried(.failure, 39, from: home), at: start + .seconds(30)).count == 1)
        // Back by seconds, as a row that comes late: it counts.
        let late = Watch()
        for number in 0..<20 {
            let now = start + .seconds(number % 2 == 0 ? 10 : 0)
            let found = late.observe(tried(.failure, number, from: home), at: now)
            #expect(found.count == (number == 19 ? 1 : 0))
        }
    }
}
