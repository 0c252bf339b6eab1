import Accounts

/// How many failures and sign-ins are usual here: counts of the last two days in short buckets.
///
/// What is expected grows with the sign-ins: after a release everybody signs in again, and mistypes
/// as often as ever. Before there is a past to compare with, one failure for each ten sign-ins is
/// taken for usual.
///
/// 288 buckets of 16 bytes with the standard settings.
struct SignInBaseline: Sendable {
    private struct Bucket: Sendable {
        var failures = 0
        var signIns = 0

        mutating func add(_ other: Bucket) {
            failures += other.failures
            signIns += other.signIns
        }
    }

    /// Microseconds.
    private let length: Int64
    private let bucketsPerDay: Int
    private let settings: GuessingSettings
    /// The last one is not over yet.
    private var buckets: [Bucket] = [Bucket()]
    /// Number of the last bucket, counted from the epoch.
    private var last: Int64?
    // Of buckets that are over.
    private var lastDay = Bucket()
    /// The same without the oldest: with the one under way, no more than a day.
    private var today = Bucket()
    private var dayBefore = Bucket()
    private var lastHours = (signIns: 0, buckets: 0)

    /// How long back success is looked at to tell an outage: longer than most outages, shorter than
    /// the way from noon to night.
    private static let outageSpan = Span.hours(2)
    private static let day = Span.hours(24)

    init(_ settings: GuessingSettings) {
        self.settings = settings
        length = settings.shortWindow.microseconds
        bucketsPerDay = Int((Self.day.microseconds + length - 1) / length)
    }

    /// Closes the buckets that are over.
    ///
    /// - Returns: whether another bucket began.
    mutating func advance(to now: Timestamp) -> Bool {
        let number = bucket(of: now)
        guard let last else {
            last = number
            return true
        }
        // A clock that was put back by more than a late row is: the past says nothing any more.
        if number < last - Int64(bucketsPerDay) { return restart(at: number) }
        guard number > last else { return false }
        if number - last > Int64(2 * bucketsPerDay) { return restart(at: number) }
        // What an attack adds to its own baseline is held to the limit that it is measured by.
        let limit = max(settings.shortCount, settings.shortFactor * usualFailures)
        let current = buckets.count - 1
        buckets[current].failures = min(buckets[current].failures, limit)
        for _ in last..<number { buckets.append(Bucket()) }
        self.last = number
        if buckets.count > 2 * bucketsPerDay + 1 {
            buckets.removeFirst(buckets.count - 2 * bucketsPerDay - 1)
        }
        sumUp()
        return true
    }

    private mutating func restart(at number: Int64) -> Bool {
        self = SignInBaseline(settings)
        last = number
        return true
    }

    mutating func addFailures(_ count: Int) {
        buckets[buckets.count - 1].failures += count
    }

    mutating func addSignIn() {
        buckets[buckets.count - 1].signIns += 1
    }

    /// Number of a short bucket.
    func bucket(of time: Timestamp) -> Int64 {
        let (quotient, remainder) = time.microseconds.quotientAndRemainder(dividingBy: length)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Failures expected in a short window in which so many signed in.
    func expectedFailures(signIns: Int) -> Int {
        let past = buckets.count - 1
        // An hour says what is usual.
        guard past >= 1, Int64(past) * length >= Span.hours(1).microseconds else {
            return signIns / 10
        }
        return scaled(lastDay, to: signIns, over: min(past, bucketsPerDay))
    }

    /// Failures of the last 24 h, the bucket under way among them, at least.
    var failuresToday: Int {
        today.failures + buckets[buckets.count - 1].failures
    }

    /// Failures expected in 24 h: those of the day before the last.
    var expectedFailuresToday: Int {
        let today = today.signIns + buckets[buckets.count - 1].signIns
        let past = buckets.count - 1 - bucketsPerDay
        guard past * 4 >= bucketsPerDay else { return today / 10 }
        // Of a part of a day, as many as a whole one would have.
        let whole = scaled(dayBefore, to: today * past / bucketsPerDay, over: 1)
        let extrapolated = whole * bucketsPerDay / past
        return past >= bucketsPerDay ? whole : max(extrapolated, today / 10)
    }

    /// Sign-ins that were to be expected within a span of the recent past.
    func expectedSignIns(within span: Duration) -> Int {
        guard lastHours.buckets > 0 else { return 0 }
        let microseconds = min(span.microseconds, length)
        return Int(
            Int64(lastHours.signIns) * microseconds / (Int64(lastHours.buckets) * length))
    }

    private var usualFailures: Int {
        let past = min(buckets.count - 1, bucketsPerDay)
        return past > 0 ? lastDay.failures / past : 0
    }

    private func scaled(_ sum: Bucket, to signIns: Int, over count: Int) -> Int {
        guard count > 0 else { return 0 }
        guard sum.signIns > 0, signIns * count > sum.signIns else { return sum.failures / count }
        return sum.failures * signIns / sum.signIns
    }

    private mutating func sumUp() {
        let over = buckets.dropLast()
        lastDay = over.suffix(bucketsPerDay).reduce(into: Bucket()) { $0.add($1) }
        today = over.suffix(bucketsPerDay - 1).reduce(into: Bucket()) { $0.add($1) }
        dayBefore = over.dropLast(bucketsPerDay).reduce(into: Bucket()) { $0.add($1) }
        let count = max(1, Int(Self.outageSpan.microseconds / length))
        let hours = over.suffix(count)
        lastHours = (hours.reduce(0) { $0 + $1.signIns }, hours.count)
    }
}
