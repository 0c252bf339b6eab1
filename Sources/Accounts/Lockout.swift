/// The failures of one identifier in one class of clients, and whether it may try again.
///
/// An attempt is *reserved* before the password is looked at, and the reservation counts as a
/// failure until it succeeds. So guesses made in parallel spend the same budget as guesses in a
/// row, and a crash between reserving and answering leaves a failure, never a free guess.
///
/// Read, `reserve` and write belong in one transaction. Write the value back whenever it changed,
/// also when it refused: after the clock went backwards that is how old stamps come back to now.
/// A refusal changes nothing else; it neither counts nor lengthens the wait.
package struct Lockout: Hashable, Sendable {
    package let schedule: ThrottleSchedule
    package let client: ClientClass
    /// Failures since the last success, for the delay. Held at 255, far past where doubling ends.
    private var failuresInRow: UInt8 = 0
    /// Failures of the last 24 hours, for the budget; at most the budget of them.
    private var failures = AttemptStamps()

    package init(_ schedule: ThrottleSchedule, _ client: ClientClass) {
        self.schedule = schedule
        self.client = client
    }

    /// A counted attempt whose end is not known yet.
    package struct Reservation: Hashable, Sendable {
        package let at: Timestamp
    }

    package enum Decision: Hashable, Sendable {
        case allowed(Reservation)
        /// The first instant at which `reserve` would allow. Even the right password is refused.
        case refused(until: Timestamp)
    }

    package mutating func reserve(at now: Timestamp) -> Decision {
        settle(at: now)
        if let until = blockedUntil, until > now { return .refused(until: until) }
        failures.record(at: now)
        failuresInRow = failuresInRow == .max ? .max : failuresInRow + 1
        return .allowed(Reservation(at: now))
    }

    /// The password was right: this class waits no longer, and the attempt was no failure. Earlier
    /// failures stay in the 24 h budget, so signing in once a minute buys no guesses.
    package mutating func succeed(_ reservation: Reservation, at now: Timestamp) {
        failures.takeBack(reservation.at)
        failuresInRow = 0
        settle(at: now)
    }

    /// The password was never looked at (the service was overloaded or the store was down): neither
    /// a failure nor a success.
    package mutating func withdraw(_ reservation: Reservation, at now: Timestamp) {
        if failures.takeBack(reservation.at), failuresInRow > 0 { failuresInRow -= 1 }
        settle(at: now)
    }

    /// The owner has proved in another way who they are: this class waits no longer for its last
    /// failures. They stay in the 24 h budget, as after a success.
    package mutating func forgiveDelay(at now: Timestamp) {
        failuresInRow = 0
        settle(at: now)
    }

    /// Whether the row may be deleted: 24 hours after its last failure nothing in it counts.
    package func isExpired(at now: Timestamp) -> Bool {
        guard let last = failures.last else { return true }
        return now - last >= ThrottleSchedule.window
    }

    /// Failures of the last 24 hours that count now.
    package var failureCount: Int { failures.stamps.count }

    /// When the row may be deleted; `nil` when it already may.
    package var expiresAt: Timestamp? { failures.last.map { $0 + ThrottleSchedule.window } }

    private var blockedUntil: Timestamp? {
        guard let last = failures.last else { return nil }
        let delayed = last + schedule.delay(afterFailures: Int(failuresInRow))
        let budgeted = failures.firstFree(
            limit: schedule.failuresPerDay(client), window: ThrottleSchedule.window)
        return max(delayed, budgeted ?? delayed)
    }

    private mutating func settle(at now: Timestamp) {
        failures.settle(at: now, window: ThrottleSchedule.window)
        if failures.isEmpty { failuresInRow = 0 }
    }
}

/// One database column: a version byte, the failures in a row, the number of stamps, and each stamp
/// as eight bytes, big-endian microseconds. At most 203 bytes.
extension Lockout {
    private static let formatVersion: UInt8 = 1
    /// The CNIL's ceiling; a schedule cannot allow more, whatever it was when the row was written.
    private static let stampsMax = 25

    package var encoded: [UInt8] {
        failures.stamps.reduce(
            into: [Self.formatVersion, failuresInRow, UInt8(failures.stamps.count)]
        ) { bytes, stamp in
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: stamp.microseconds >> Int64(shift)))
            }
        }
    }

    /// - Returns: `nil` for bytes that ``encoded`` never gives. A caller must then refuse: taking
    ///   a damaged row for an empty one would hand out a fresh budget.
    package init?(encoded bytes: [UInt8], _ schedule: ThrottleSchedule, _ client: ClientClass) {
        guard bytes.count >= 3, bytes[0] == Self.formatVersion else { return nil }
        let count = Int(bytes[2])
        guard count <= Self.stampsMax, bytes.count == 3 + 8 * count else { return nil }
        let stamps = (0..<count).map { index in
            let start = 3 + 8 * index
            let microseconds = bytes[start..<start + 8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            return (raw: microseconds, stamp: Timestamp(microseconds: microseconds))
        }
        guard stamps.allSatisfy({ $0.raw == $0.stamp.microseconds }),
            let failures = AttemptStamps(ordered: stamps.map(\.stamp)),
            count > 0 || bytes[1] == 0
        else { return nil }
        self.init(schedule, client)
        self.failures = failures
        failuresInRow = bytes[1]
    }
}
