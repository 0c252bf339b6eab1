import Accounts
import Incidents
import Secrets
import SeededRandom
import Testing

/// A detector that is used in place: `#expect` copies values.
private final class Watch {
    var value: BruteForceDetector

    init(_ settings: BruteForceSettings = .standard) { value = BruteForceDetector(settings) }

    func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        value.observe(attempt, at: now)
    }

    /// Different wrong passwords, one every `interval` from `first`, and what was found.
    func guess(
        _ count: Int, on number: Int = 1, every interval: Duration, from first: Timestamp,
        named name: String = "p", outcome: SignInOutcome = .failure
    ) -> [Finding] {
        (0..<count).flatMap { index in
            observe(attempt(outcome, number, ["\(name)\(index)"]), at: first + interval * index)
        }
    }
}

@Suite struct `A brute force` {
    @Test func `is ten passwords in a quarter of an hour`() throws {
        let detector = Watch()
        #expect(detector.guess(9, every: .seconds(60), from: start).isEmpty)
        let findings = detector.observe(
            attempt(.failure, 1, ["ten"]), at: start + .minutes(15) - .microseconds(1))
        let finding = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(finding.severity == .medium)
        #expect(finding.detector == "brute_force")
        #expect(finding.subject == .account(account(1)))
        #expect(finding.count == 10)
        #expect(finding.startTime == start)
        #expect(!finding.isUpdate)
        #expect(
            finding.message
                == "10 passwords tried on account/\(account(1).text) in 15 min; none succeeded")
    }

    @Test func `is not nine, nor ten over a quarter of an hour`() {
        let detector = Watch()
        #expect(detector.guess(9, every: .seconds(1), from: start).isEmpty)
        #expect(detector.observe(attempt(.failure, 1, ["ten"]), at: start + .minutes(15)).isEmpty)
    }

    @Test func `is fifty passwords in a day`() throws {
        let slow = Watch()
        let findings = slow.guess(50, every: .seconds(1_763), from: start)
        #expect(findings.count == 1)
        #expect(try #require(findings.first).count == 50)
        #expect(try #require(findings.first).window == .hours(24))
        let slower = Watch()
        #expect(slower.guess(49, every: .seconds(1_700), from: start).isEmpty)
        #expect(slower.observe(attempt(.failure, 1, ["z"]), at: start + .hours(24)).isEmpty)
    }

    @Test func `counts what the throttle refused`() {
        let detector = Watch()
        let row = (0..<10).map { "t\($0)" }
        #expect(detector.observe(attempt(.throttled, 1, row, count: 500), at: start).count == 1)
        let nine = Watch()
        let short = Array(row.dropLast())
        #expect(nine.observe(attempt(.throttled, 1, short, count: 500), at: start).isEmpty)
    }

    @Test func `turns critical with the first success, under the same id`() throws {
        let detector = Watch()
        let first = try #require(detector.guess(10, every: .seconds(1), from: start).first)
        let later = start + .seconds(9) + .hours(24)
        let tooLate = Watch()
        _ = tooLate.guess(10, every: .seconds(1), from: start)
        #expect(tooLate.observe(attempt(.success), at: later).isEmpty)
        let second = try #require(
            detector.observe(attempt(.success), at: later - .microseconds(1)).first)
        #expect(second.severity == .critical)
        #expect(second.uid == first.uid)
        #expect(second.isUpdate)
        #expect(second.succeeded == 1)
        #expect(detector.observe(attempt(.success), at: later).isEmpty)
    }

    @Test func `is not a success after a few mistakes`() {
        let detector = Watch()
        #expect(detector.guess(9, every: .seconds(1), from: start).isEmpty)
        #expect(detector.observe(attempt(.success), at: start + .seconds(10)).isEmpty)
    }

    @Test func `that goes on updates one finding, ever more rarely`() {
        let detector = Watch()
        let findings = detector.guess(200, every: .seconds(10), from: start)
        #expect(findings.map(\.count) == [10, 20, 40, 80, 160])
        #expect(Set(findings.map(\.uid)).count == 1)
        #expect(findings.map(\.isUpdate) == [false, true, true, true, true])
    }

    @Test func `after a day of quiet is another one`() throws {
        let detector = Watch()
        let first = try #require(detector.guess(10, every: .seconds(1), from: start).first)
        let next = start + .seconds(9) + .hours(24)
        let second = try #require(
            detector.guess(10, every: .seconds(1), from: next, named: "q").first)
        #expect(!second.isUpdate)
        #expect(second.uid != first.uid)
    }
}

@Suite struct `The brute force detector stays silent` {
    @Test func `on a stale client that repeats one password for days`() {
        let key = Secret(copying: [UInt8](repeating: 7, count: 32))
        let detector = Watch()
        for minute in 0..<(3 * 1_440) {
            let now = start + .minutes(Int64(minute))
            let tags = PasswordTags.tags(for: Array("stale".utf8).span, key: key, at: now)
            let attempt = SignInAttempt(
                outcome: minute % 2 == 0 ? .failure : .throttled, account: .known(account(1)),
                source: home, tags: [tags], count: minute % 2 == 0 ? 1 : 20)
            #expect(detector.observe(attempt, at: now).isEmpty)
        }
    }

    @Test func `on one that repeats two, in any order`() {
        let detector = Watch()
        for step in 0..<2_000 {
            let now = start + .seconds(Int64(step))
            #expect(detector.observe(attempt(.failure, 1, ["p\(step % 2)"]), at: now).isEmpty)
        }
    }

    @Test func `on unknown accounts and on many accounts`() {
        let detector = Watch()
        #expect(
            detector.guess(100, every: .seconds(1), from: start, outcome: .unknownAccount).isEmpty)
        let nobody = SignInAttempt(
            outcome: .throttled, account: .unknown(UnknownID(locator: Digest.sha256(of: [1]))),
            source: nil,
            tags: (0..<16).map { tag("\($0)") }, count: 16)
        #expect(detector.observe(nobody, at: start).isEmpty)
        for number in 2..<500 {
            #expect(detector.guess(9, on: number, every: .seconds(1), from: start).isEmpty)
        }
        #expect(detector.value.accountCount == 498)
    }

    @Test func `on failures whose tags were nulled`() {
        let detector = Watch()
        for second in 0..<1_000 {
            #expect(
                detector.observe(attempt(.failure), at: start + .seconds(Int64(second))).isEmpty)
        }
    }
}

private var replaying: BruteForceSettings { DetectorSettings.standard.replaying.bruteForce }

@Suite struct `The brute force detector` {
    @Test func `takes failures without a tag for different passwords in a replay`() {
        let detector = Watch(replaying)
        for second in 0..<9 {
            #expect(
                detector.observe(attempt(.failure), at: start + .seconds(Int64(second))).isEmpty)
        }
        #expect(detector.observe(attempt(.failure), at: start + .seconds(9)).count == 1)
        let counted = Watch(replaying)
        #expect(counted.observe(attempt(.throttled, 1, [], count: 9), at: start).isEmpty)
        let flood = Watch(replaying)
        let row = attempt(.throttled, 1, [], count: .max / 4)
        #expect(flood.observe(row, at: start).count == 1)
        _ = flood.observe(row, at: start + .seconds(1))
    }

    @Test func `finds the same in the same attempts`() {
        var random = Seeded(9)
        let detectors = [Watch(), Watch()]
        for step in 0..<20_000 {
            let number = Int.random(in: 0..<50, using: &random)
            let password = "p\(Int.random(in: 0..<40, using: &random))"
            let outcome: SignInOutcome =
                Int.random(in: 0..<20, using: &random) == 0 ? .success : .failure
            let now = start + .seconds(Int64(step) * 7)
            let seen = attempt(outcome, number, [password])
            #expect(detectors[0].observe(seen, at: now) == detectors[1].observe(seen, at: now))
        }
    }

    @Test func `when full lets go of quiet accounts, never of a flagged one`() throws {
        var settings = BruteForceSettings.standard
        settings.accountsMax = 20
        let detector = Watch(settings)
        let flagged = try #require(detector.guess(10, every: .seconds(1), from: start).first)
        for number in 2..<5_000 {
            let now = start + .minutes(1) + .milliseconds(Int64(number))
            _ = detector.observe(attempt(.failure, number, ["x"]), at: now)
            #expect(detector.value.accountCount <= 20)
        }
        #expect(detector.value.untracked == 0)
        let critical = try #require(
            detector.observe(attempt(.success), at: start + .hours(1)).first)
        #expect(critical.uid == flagged.uid)
    }

    @Test func `full of flagged accounts says how much it did not follow`() {
        var settings = BruteForceSettings.standard
        settings.shortCount = 2
        settings.accountsMax = 3
        let detector = Watch(settings)
        for number in 1...3 { _ = detector.guess(2, on: number, every: .seconds(1), from: start) }
        #expect(detector.guess(2, on: 4, every: .seconds(1), from: start).isEmpty)
        #expect(detector.value.untracked == 2)
        // A day later the flags are over and there is room.
        let later = start + .hours(25)
        #expect(detector.guess(2, on: 4, every: .seconds(1), from: later).count == 1)
    }
}
