import Accounts
import Incidents
import Secrets
import SeededRandom
import Testing

@Suite struct `The leaked password detector` {
    @Test func `reports each account once a day, low`() throws {
        let watch = Watched()
        let leaked = tried(.success, 1, from: home, isBreached: true)
        let finding = try #require(watch.observe(leaked, at: start).first)
        #expect(finding.severity == .low)
        #expect(finding.detector == "leaked_password")
        #expect(finding.subject == .account(account(1)))
        #expect(!finding.isSuspectedBreach)
        #expect(watch.observe(leaked, at: start + .hours(24) - .microseconds(1)).isEmpty)
        #expect(watch.observe(leaked, at: start + .hours(24)).count == 1)
        #expect(watch.observe(tried(.success, 2, from: home), at: start).isEmpty)
        #expect(watch.observe(tried(.failure, 3, from: home, isBreached: true), at: start).isEmpty)
    }

    @Test func `reports ten accounts in an hour, high`() {
        for (last, isFound) in [(Duration.hours(1) - .microseconds(1), true), (.hours(1), false)] {
            let watch = Watched()
            for number in 0..<9 {
                watch.observe(tried(.success, number, from: home, isBreached: true), at: start)
            }
            #expect(watch.findings.allSatisfy { $0.severity == .low })
            let found = watch.observe(
                tried(.success, 9, from: home, isBreached: true), at: start + last)
            let high = found.filter { $0.severity == .high }
            #expect(high.map(\.count) == (isFound ? [10] : []))
            #expect(high.allSatisfy { $0.subject.text == "source/::/0" })
        }
    }
}

@Suite struct `The canary detector` {
    @Test func `reports the first success as critical and near-proof`() throws {
        let watch = Watched()
        #expect(watch.observe(tried(.failure, 1, from: home, isCanary: true), at: start).isEmpty)
        let finding = try #require(
            watch.observe(tried(.success, 1, from: home, isCanary: true), at: start).first)
        #expect(finding.severity == .critical)
        #expect(finding.detector == "canary")
        #expect(finding.isSuspectedBreach && finding.isAware)
        #expect(BreachClock(startedBy: finding).awareAt == start)
        #expect(finding.subject == .account(account(1)))
        #expect(finding.source == home)
    }

    @Test func `updates one finding ever more rarely, and each decoy has its own`() {
        let watch = Watched()
        for minute in 0..<20 {
            let now = start + .minutes(Int64(minute))
            watch.observe(tried(.success, 1, from: home, isCanary: true), at: now)
        }
        #expect(watch.findings.map(\.count) == [1, 2, 4, 8, 16])
        #expect(watch.findings.map(\.isUpdate) == [false, true, true, true, true])
        watch.observe(tried(.success, 2, from: home, isCanary: true), at: start)
        #expect(watch.findings.last?.isUpdate == false)
    }

    @Test func `is never silent, however many decoys there are`() {
        var detector = CanaryDetector(accountsMax: 4)
        for number in 0..<100 {
            let found = detector.observe(
                tried(.success, number, from: home, isCanary: true), at: start)
            #expect(found.count == 1)
        }
    }
}

@Suite struct `A finding of another part` {
    @Test func `has its type's severity, technique and clock`() {
        let administrator = AdministratorID(bytes: [UInt8](repeating: 3, count: 16))
        let raised: [(Finding.Raised, EventType, Severity, String, Bool)] = [
            (
                .sessionReuse(account(1), from: home), .sessionReuse, .high,
                "account/\(account(1).text)", false
            ),
            (.auditTampering, .auditTampering, .critical, "audit_log", true),
            (
                .massExport(administrator, people: 1_001), .massExport, .high,
                "administrator/\(administrator.text)", false
            ),
        ]
        for (sign, type, severity, subject, isAware) in raised {
            let finding = Finding(sign, startTime: start, at: start + .seconds(1))
            #expect(finding.type == type && finding.severity == severity)
            #expect(finding.subject.text == subject)
            #expect(finding.isAware == isAware)
            #expect(finding.uid == Finding(sign, startTime: start, at: start).uid)
            #expect(type.row.attack != nil)
            #expect(!finding.message.isEmpty)
        }
    }
}

/// A day of a site with attacks in it, in the order of the log.
private func eventfulDay(_ random: inout Seeded) -> [Moment] {
    var trace: [Moment] = []
    let add = { (second: Double, attempt: SignInAttempt) in
        trace.append(Moment(at: start.after(seconds: second), attempt: attempt))
    }
    for _ in 0..<4_000 {
        let second = Double.random(in: 0..<40_000, using: &random)
        let person = Int.random(in: 0..<3_000, using: &random)
        add(second, tried(.success, person, from: v4(person * 300)))
        if person % 12 == 0 {
            add(
                second - 5,
                tried(
                    .failure, person, from: v4(person * 300), with: ["typo \(second.rounded())"]))
        }
    }
    for number in 0..<40 {
        add(10_000 + Double(number) * 20, tried(.failure, number, from: home, with: ["s\(number)"]))
        add(15_000 + Double(number) * 60, tried(.throttled, 77, from: v4(9), with: ["b\(number)"]))
        add(
            20_000 + Double(number) * 40,
            tried(.failure, 900 + number, from: v6(number), with: ["W"]))
    }
    add(11_500, tried(.success, 7, from: home))
    add(30_000, tried(.success, 77, from: v4(10)))
    add(31_000, tried(.success, 1_234, from: home, isCanary: true))
    return trace.inOrder
}

@Suite struct `The detectors together` {
    @Test func `find the same when folded anew up to any point`() {
        var random = Seeded(21)
        let trace = eventfulDay(&random)
        let whole = Watched()
        whole.fold(trace)
        #expect(Set(whole.findings.map(\.type)).count >= 4)
        for part in 1..<8 {
            let cut = trace.count * part / 8
            let first = Watched()
            first.fold(Array(trace[..<cut]))
            let second = Watched()
            second.fold(Array(trace[..<cut]))
            let rest = trace[cut...].flatMap { second.observe($0.attempt, at: $0.at) }
            #expect(first.findings + rest == whole.findings)
        }
    }

    @Test func `find the same when rebuilt from two days of a longer log`() {
        var random = Seeded(31)
        let trace = (0..<5).flatMap { day in
            eventfulDay(&random).map { moment in
                Moment(at: moment.at + .days(Int64(day)), attempt: moment.attempt)
            }
        }
        let whole = Watched()
        let cut = trace.count * 17 / 20
        whole.fold(Array(trace[..<cut]))
        let rest = trace[cut...].flatMap { whole.observe($0.attempt, at: $0.at) }
        let since = trace[cut].at - Detectors.history
        let rebuilt = Watched()
        rebuilt.fold(trace[..<cut].filter { $0.at >= since })
        let again = trace[cut...].flatMap { rebuilt.observe($0.attempt, at: $0.at) }
        let what = { (finding: Finding) in
            "\(finding.key) \(finding.severity) \(finding.lastTime.microseconds)"
        }
        // A flag of the days before is younger after the rebuild, and its count smaller.
        #expect(Set(again.map(what)).isSuperset(of: rest.filter { !$0.isUpdate }.map(what)))
        #expect(Set(rest.map(\.key)).isSubset(of: Set(again.map(\.key))))
        #expect(!rest.isEmpty)
    }

    @Test func `find less, never more, once tags were nulled`() {
        var random = Seeded(22)
        let trace = eventfulDay(&random)
        let whole = Watched()
        whole.fold(trace)
        let nulled = trace.map { moment in
            let seen = moment.attempt
            return Moment(
                at: moment.at,
                attempt: SignInAttempt(
                    outcome: seen.outcome, account: seen.account, source: seen.source, tags: [],
                    count: seen.count, isCanary: seen.isCanary))
        }
        let rebuilt = Watched()
        rebuilt.fold(nulled)
        #expect(rebuilt.found(by: .bruteForce).isEmpty)
        #expect(rebuilt.found(by: .passwordSpraying).isEmpty)
        // What does not rest on tags is the same.
        #expect(rebuilt.found(by: .credentialStuffing) == whole.found(by: .credentialStuffing))
        #expect(rebuilt.found(by: .canary) == whole.found(by: .canary))
    }

    @Test func `do not mind the order within a millisecond`() {
        let attempts = (0..<60).map { number in
            tried(number % 3 == 0 ? .unknownAccount : .failure, number, from: home, with: ["W"])
        }
        var random = Seeded(5)
        let keys = { (watch: Watched) in Set(watch.findings.map { "\($0.key) \($0.count)" }) }
        let plain = Watched()
        for attempt in attempts { plain.observe(attempt, at: start) }
        for _ in 0..<5 {
            let shuffled = Watched()
            for attempt in attempts.shuffled(using: &random) {
                shuffled.observe(attempt, at: start)
            }
            #expect(keys(shuffled) == keys(plain))
        }
    }

    @Test func `go on when the clock goes backwards by an hour, a day or a year`() {
        for jump in [Duration.hours(1), .days(1), .days(365)] {
            let watch = Watched()
            var random = Seeded(8)
            watch.fold(eventfulDay(&random).map { Moment(at: $0.at + jump, attempt: $0.attempt) })
            let now = start + .hours(1)
            for number in 0..<60 {
                let other = SourceAddress(bits: home.bits + 4_096)
                watch.observe(
                    tried(.failure, 20_000 + number, from: other, with: ["n\(number)"]), at: now)
            }
            #expect(
                watch.findings.contains { $0.subject.text == "source/203.0.129.7" }, "\(jump)")
        }
    }

    @Test func `stay within their bounds under a flood of everything distinct`() {
        var settings = DetectorSettings.standard
        settings.bruteForce.accountsMax = 500
        settings.spraying.tagsMax = 500
        settings.stuffing.narrowMax = 500
        settings.stuffing.wideMax = 500
        let watch = Watched(settings)
        for number in 0..<100_000 {
            let source = number % 2 == 0 ? v4(number * 131) : v6(number)
            watch.observe(
                tried(
                    number % 5 == 0 ? .unknownAccount : .failure, number, from: source,
                    with: ["f\(number)"]),
                at: start + .milliseconds(Int64(number) * 50))
        }
        #expect(watch.value.bruteForce.accountCount == 500)
        #expect(watch.value.spraying.tagCount == 500)
        #expect(watch.value.stuffing.sourceCounts.narrow == 500)
        #expect(watch.value.stuffing.sourceCounts.wide == 500)
        #expect(watch.value.stuffing.sourceCounts.broad <= 512)
    }
}
