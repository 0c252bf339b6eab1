import Accounts
import Incidents
import SeededRandom
import Testing

private final class Watch {
    var value: GuessingDetector
    private var number = 0

    init(_ settings: GuessingSettings = .standard) { value = GuessingDetector(settings) }

    @discardableResult
    func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        value.observe(attempt, at: now)
    }

    /// Failures on other accounts, from other addresses, evenly spread over a time.
    func fail(
        _ count: Int, within span: Duration, since first: Timestamp,
        outcome: SignInOutcome = .failure
    ) -> [Finding] {
        (0..<count).flatMap { index in
            number += 1
            return observe(
                tried(outcome, number, from: v4(number * 300), with: ["p\(number)"]),
                at: first + span * index / max(1, count))
        }
    }

    /// Sign-ins of so many different people, evenly spread over a time.
    func signIn(_ count: Int, within span: Duration, since first: Timestamp) {
        for index in 0..<count {
            let attempt = tried(.success, 1_000_000 + index, from: v4(index))
            observe(attempt, at: first + span * index / count)
        }
    }

    /// So many sign-ins and failures every ten minutes.
    func usual(hours: Int, signIns: Int, failures: Int, since first: Timestamp) -> [Finding] {
        (0..<hours * 6).flatMap { bucket in
            let at = first + .minutes(Int64(bucket) * 10)
            signIn(signIns, within: .minutes(10), since: at)
            return fail(failures, within: .minutes(10), since: at)
        }
    }
}

@Suite struct `Distributed guessing` {
    @Test func `is 200 failures in ten minutes where there are none usually`() throws {
        let detector = Watch()
        #expect(detector.fail(199, within: .minutes(9), since: start).isEmpty)
        let last = start + .minutes(10) - .microseconds(1)
        let finding = try #require(detector.fail(1, within: .zero, since: last).first)
        #expect(finding.severity == .medium)
        #expect(finding.detector == "distributed_guessing")
        #expect(finding.subject.text == "source/::/0")
        #expect(finding.count == 200)
        #expect(finding.sources == 200)
        #expect(finding.message == "200 attempts tried from 200 sources in 10 min; none succeeded")
    }

    @Test func `is not 199, nor 200 over ten minutes`() {
        let detector = Watch()
        #expect(detector.fail(199, within: .minutes(9), since: start).isEmpty)
        #expect(detector.fail(1, within: .zero, since: start + .minutes(10)).isEmpty)
    }

    @Test func `is more than five times what is usual`() {
        for (failures, isFound) in [(241, true), (240, false)] {
            let detector = Watch()
            // Fifty every ten minutes for six hours, then ten minutes of nothing: 48 on average.
            #expect(
                detector.usual(hours: 6, signIns: 300, failures: 50, since: start).isEmpty)
            let later = start + .hours(6) + .minutes(10)
            var found: [Finding] = []
            for index in 0..<failures {
                let now = later + .milliseconds(Int64(index) * 200)
                detector.observe(tried(.success, 2_000_000 + index, from: v4(index)), at: now)
                found += detector.fail(1, within: .zero, since: now)
            }
            #expect(found.isEmpty != isFound, "\(failures) failures")
        }
    }

    @Test func `is a thousand failures in a day from a hundred sources`() throws {
        let detector = Watch()
        #expect(detector.fail(999, within: .hours(23), since: start).isEmpty)
        let last = start + .hours(24) - .microseconds(1)
        let finding = try #require(detector.fail(1, within: .zero, since: last).first)
        #expect(finding.count == 1_000)
        #expect(finding.window == .hours(24))
        let late = Watch()
        #expect(late.fail(999, within: .hours(23), since: start).isEmpty)
        #expect(late.fail(1, within: .zero, since: start + .hours(24)).isEmpty)
    }

    @Test func `is not a thousand failures from ninety-nine sources`() {
        for (sources, isFound) in [(100, true), (99, false)] {
            let detector = Watch()
            var found: [Finding] = []
            for index in 0..<1_200 {
                found += detector.observe(
                    tried(.failure, index, from: v4(index % sources), with: ["p\(index)"]),
                    at: start + .minutes(Int64(index)))
            }
            #expect(found.isEmpty != isFound, "\(sources) sources")
        }
    }

    @Test func `is more than three times the day before`() {
        for (failures, isFound) in [(2_200, true), (2_050, false)] {
            let detector = Watch()
            // Five failures every ten minutes: 720 a day, three times of which is 2 160.
            #expect(detector.usual(hours: 48, signIns: 60, failures: 5, since: start).isEmpty)
            var found: [Finding] = []
            for bucket in 0..<144 {
                let at = start + .hours(48) + .minutes(Int64(bucket) * 10)
                detector.signIn(60, within: .minutes(10), since: at)
                found += detector.fail(
                    failures / 144 + (bucket < failures % 144 ? 1 : 0), within: .minutes(10),
                    since: at)
            }
            #expect(found.isEmpty != isFound, "\(failures) failures")
        }
    }

    @Test func `is one attempt an hour from each of 500 addresses`() {
        // Behind 720 sign-ins and 36 failures an hour, which the two days before had too.
        let detector = Watch()
        #expect(detector.usual(hours: 48, signIns: 120, failures: 6, since: start).isEmpty)
        var found: [Finding] = []
        for hour in 0..<24 {
            let since = start + .hours(48 + Int64(hour))
            found += detector.usual(hours: 1, signIns: 120, failures: 6, since: since)
            for address in 0..<500 {
                let attempt = tried(
                    .failure, 500_000 + (hour * 500 + address) % 3_000,
                    from: v4(5_000_000 + address * 777), with: ["g\(hour) \(address)"])
                found += detector.observe(attempt, at: since + .seconds(Int64(address) * 7))
            }
        }
        #expect(found.first?.window == .hours(24))
        #expect(Set(found.map(\.uid)).count == 1)
    }
}

@Suite struct `The guessing detector is silent` {
    @Test func `on a stale client, and on three hundred of them`() {
        let detector = Watch()
        for minute in 0..<(26 * 60) {
            for client in 0..<300 where client < 1 || minute % 30 == client % 30 {
                let attempt = tried(
                    minute % 2 == 0 ? .failure : .throttled, client, from: v4(client * 300),
                    with: ["stale \(client)"], count: minute % 2 == 0 ? 1 : 400)
                #expect(
                    detector.observe(attempt, at: start + .minutes(Int64(minute))).isEmpty)
            }
        }
    }

    @Test func `on a release after which everybody signs in again`() {
        let detector = Watch()
        #expect(detector.usual(hours: 12, signIns: 300, failures: 20, since: start).isEmpty)
        let release = start + .hours(12)
        #expect(detector.usual(hours: 1, signIns: 6_000, failures: 400, since: release).isEmpty)
        let after = release + .hours(1)
        #expect(detector.usual(hours: 4, signIns: 300, failures: 20, since: after).isEmpty)
    }

    @Test(arguments: [1, 5, 11] as [UInt64])
    func `on an outage in which sign-ins turn into failures`(seed: UInt64) {
        var random = Seeded(seed)
        let detector = Watch()
        var trace: [Moment] = []
        for _ in 0..<(10 * 60 * 50) {
            let second = Double.random(in: 0..<36_000, using: &random)
            let person = Int.random(in: 0..<20_000, using: &random)
            let at = start.after(seconds: second)
            // Out of order from 6:00 to 6:40; people try three times and the application with them.
            if (21_600..<24_000).contains(second) {
                for attempt in 0..<3 {
                    trace.append(
                        Moment(
                            at: at + .seconds(Int64(attempt) * 15),
                            attempt: tried(
                                .failure, person, from: v4(person * 300),
                                with: ["\(attempt) \(person)"])))
                }
            } else {
                if Int.random(in: 0..<20, using: &random) == 0 {
                    trace.append(
                        Moment(
                            at: at,
                            attempt: tried(
                                .failure, person, from: v4(person * 300), with: ["x \(second)"])))
                }
                trace.append(
                    Moment(at: at, attempt: tried(.success, person, from: v4(person * 300))))
            }
        }
        let found = trace.inOrder.flatMap { detector.observe($0.attempt, at: $0.at) }
        #expect(found.isEmpty, "\(found.map(\.message))")
    }

    @Test func `but not on guessing at names that do not exist while nobody can sign in`() {
        let detector = Watch()
        #expect(detector.usual(hours: 6, signIns: 300, failures: 20, since: start).isEmpty)
        let found = detector.fail(
            250, within: .minutes(5), since: start + .hours(6), outcome: .unknownAccount)
        #expect(!found.isEmpty)
    }

    @Test func `on what is usual, from its first day on`() {
        let detector = Watch()
        #expect(detector.usual(hours: 60, signIns: 400, failures: 25, since: start).isEmpty)
    }
}
