import Accounts
import Incidents
import Secrets
import SeededRandom
import Testing

private final class Watch {
    var value: SprayingDetector

    init(_ settings: SprayingSettings = .standard) { value = SprayingDetector(settings) }

    @discardableResult
    func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        value.observe(attempt, at: now)
    }

    /// One password on each of so many accounts, each from another address.
    func spray(
        _ numbers: Range<Int>, _ password: String = "Winter",
        every interval: Duration = .seconds(60),
        since first: Timestamp = start, outcome: SignInOutcome = .failure
    ) -> [Finding] {
        numbers.enumerated().flatMap { index, number in
            observe(
                tried(outcome, number, from: v4(number * 300), with: [password]),
                at: first + interval * index)
        }
    }
}

@Suite struct `Password spraying` {
    @Test func `is one password on fifteen accounts in an hour, from anywhere`() throws {
        let detector = Watch()
        #expect(detector.spray(0..<14).isEmpty)
        let found = detector.observe(
            tried(.failure, 14, from: v4(9), with: ["Winter"]),
            at: start + .hours(1) - .microseconds(1))
        let finding = try #require(found.first)
        #expect(finding.severity == .high)
        #expect(finding.detector == "password_spraying")
        #expect(finding.subject.text == "password_tag")
        #expect(finding.count == 15)
        #expect(finding.startTime == start)
        #expect(finding.message == "15 accounts tried with one password in 1 h; none succeeded")
    }

    @Test func `is not fourteen, nor fifteen over an hour, nor fifteen passwords`() {
        let detector = Watch()
        #expect(detector.spray(0..<14).isEmpty)
        #expect(
            detector.observe(
                tried(.failure, 14, from: home, with: ["Winter"]), at: start + .hours(1)
            ).isEmpty)
        let others = Watch()
        for number in 0..<200 {
            #expect(others.spray(number..<number + 1, "password \(number)").isEmpty)
        }
        #expect(others.value.tagCount == 200)
    }

    @Test func `counts throttled attempts and accounts that nobody has`() {
        let detector = Watch()
        for number in 0..<15 {
            let outcome: SignInOutcome = number % 2 == 0 ? .throttled : .unknownAccount
            let row = tried(outcome, number, from: v4(number), with: ["a\(number)", "Winter"])
            #expect(detector.observe(row, at: start).count == (number == 14 ? 1 : 0))
        }
    }

    @Test func `is told from a password that people have, at five per cent`() {
        for (having, isFound) in [(1, false), (0, true)] {
            let detector = Watch()
            _ = detector.spray(100..<100 + having, outcome: .success)
            #expect(detector.spray(0..<15).isEmpty != isFound)
        }
        // One in twenty-one is under five per cent, one in twenty is not.
        let detector = Watch()
        _ = detector.spray(100..<101, outcome: .success)
        #expect(detector.spray(0..<19).isEmpty)
        #expect(detector.spray(19..<20).map(\.count) == [21])
    }

    @Test func `is recognised over the turn of an hour`() {
        let key = Secret(copying: [UInt8](repeating: 7, count: 32))
        let detector = Watch()
        var found: [Finding] = []
        for number in 0..<15 {
            // 08:38, 08:40, … 09:06.
            let now = start + .minutes(38 + Int64(number) * 2)
            let tags = PasswordTags.tags(for: Array("Winter".utf8).span, key: key, at: now)
            found += detector.observe(
                SignInAttempt(
                    outcome: .failure, account: .known(account(number)), source: home,
                    tags: [tags]),
                at: now)
        }
        #expect(found.map(\.count) == [15])
        #expect(detector.value.tagCount == 1)
    }

    @Test func `that goes on updates one finding`() {
        let detector = Watch()
        let found = detector.spray(0..<130, every: .seconds(1))
        #expect(found.map(\.count) == [15, 30, 60, 120])
        #expect(Set(found.map(\.uid)).count == 1)
        #expect(detector.spray(0..<130, every: .seconds(1), since: start + .hours(2)).isEmpty)
    }

    @Test func `is not hidden by an account of the attacker's own`() {
        let detector = Watch()
        var found: [Finding] = []
        for number in 0..<16 {
            let now = start + .minutes(Int64(number))
            found += detector.observe(
                tried(.failure, 500, from: home, with: ["Winter"]), at: now)
            found += detector.observe(tried(.success, 500, from: home), at: now)
            found += detector.observe(
                tried(.failure, number, from: home, with: ["Winter"]), at: now)
        }
        #expect(found.count == 1)
    }

    @Test func `of several passwords in one row is one finding`() {
        let detector = Watch()
        let passwords = (0..<16).map { "p\($0)" }
        for number in 0..<15 {
            let row = tried(.throttled, number, from: v4(number), with: passwords)
            #expect(detector.observe(row, at: start).count == (number == 14 ? 1 : 0))
        }
    }
}

@Suite struct `The spraying detector` {
    /// What the log of the service shows: no tags on successes.
    @Test func `is silent on an initial password that was just imported`() {
        var random = Seeded(4)
        for hasTags in [false, true] {
            let detector = Watch()
            var trace: [Moment] = []
            for person in 0..<300 {
                let at = start.after(seconds: Double.random(in: 0..<5_400, using: &random))
                let from = v4(person * 3)
                trace.append(
                    Moment(
                        at: at,
                        attempt: tried(
                            .success, person, from: from, with: hasTags ? ["Welcome"] : [])))
                // A third types it once more, out of habit, and then the new one.
                guard person % 3 == 0 else { continue }
                let again = at + .minutes(20)
                trace.append(
                    Moment(
                        at: again, attempt: tried(.failure, person, from: from, with: ["Welcome"])))
                trace.append(
                    Moment(at: again + .seconds(9), attempt: tried(.success, person, from: from)))
            }
            let found = trace.inOrder.flatMap { detector.observe($0.attempt, at: $0.at) }
            #expect(found.isEmpty)
        }
    }

    @Test func `follows a slow spray through a flood of passwords tried once`() {
        var settings = SprayingSettings.standard
        settings.tagsMax = 64
        let detector = Watch(settings)
        var found = detector.spray(0..<2)
        for step in 2..<15 {
            let now = start + .minutes(Int64(step) * 3)
            for number in 0..<1_000 {
                detector.observe(
                    tried(.failure, 1_000 + number, from: home, with: ["\(step) \(number)"]),
                    at: now)
                #expect(detector.value.tagCount <= 64)
            }
            found += detector.spray(step..<step + 1, since: now)
        }
        #expect(found.map(\.count) == [15])
    }

    @Test func `never lets go of a flagged password`() throws {
        var settings = SprayingSettings.standard
        settings.tagsMax = 16
        let detector = Watch(settings)
        let flagged = try #require(detector.spray(0..<15).first)
        for number in 0..<5_000 {
            detector.observe(
                tried(.failure, 1_000 + number / 40, from: home, with: ["x \(number % 99)"]),
                at: start + .hours(1) + .milliseconds(Int64(number)))
        }
        let more = detector.spray(15..<30, since: start + .hours(2))
        #expect(more.map(\.uid) == [flagged.uid])
        #expect(more.map(\.count) == [30])
    }
}
