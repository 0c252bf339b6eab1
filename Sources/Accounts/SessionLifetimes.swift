/// How long a session lasts: never past `absolute` from its start, and not past `idle` after it was
/// last seen. A session ends at the earlier of the two.
package struct SessionLifetimes: Hashable, Sendable {
    /// 5 min … 30 days (the longest that NIST SP 800-63B-4 gives a password alone).
    package let absolute: Duration
    /// 1 min … `absolute`.
    package let idle: Duration

    /// 12 h and 1 h. A working day without signing in twice, and no session survives the night;
    /// NIST SP 800-63B-4 asks for at most 24 h and 1 h one level above a password alone, so an
    /// application may rely on it there.
    package static let standard = SessionLifetimes(checked: .hours(12), idle: .hours(1))

    /// How often a session in use is written to. With a write each time, reading would cost an
    /// fsync; the price is that an idle session may end up to a minute early.
    package static let touchInterval = Duration.minutes(1)

    package init(absolute: Duration, idle: Duration) throws(SessionLifetimesError) {
        guard (.minutes(5)...Duration.days(30)).contains(absolute) else { throw .absolute }
        guard (.minutes(1)...absolute).contains(idle) else { throw .idle }
        self.init(checked: absolute, idle: idle)
    }

    private init(checked absolute: Duration, idle: Duration) {
        self.absolute = absolute
        self.idle = idle
    }

    /// - Parameter lastSeen: as stored, so up to ``touchInterval`` old.
    package func expiry(startedAt: Timestamp, lastSeen: Timestamp) -> Timestamp {
        min(startedAt + absolute, lastSeen + idle)
    }

    /// At its expiry a session is over.
    package func isLive(startedAt: Timestamp, lastSeen: Timestamp, at now: Timestamp) -> Bool {
        now < expiry(startedAt: startedAt, lastSeen: lastSeen)
    }

    /// Whether "last seen" must be written again. A stored time in the future (the clock was wrong)
    /// is put right the same way.
    package static func shouldTouch(lastWritten: Timestamp, at now: Timestamp) -> Bool {
        now - lastWritten >= touchInterval || lastWritten - now >= touchInterval
    }
}

/// The lifetime that is out of range.
package enum SessionLifetimesError: Error, Equatable, Sendable {
    case absolute, idle
}

/// A device token lets its owner in while strangers are refused. It proves nothing but "signed in
/// here before", so it is a budget of its own and never a substitute for the password.
package struct DeviceTokenRules: Hashable, Sendable {
    package let lifetime: Duration
    /// 1 … 100. A further device pushes out the oldest.
    package let perAccountMax: Int

    /// 180 days covers a half-yearly user; ten is more devices than people carry, and bounds what
    /// one account stores.
    package static let standard = DeviceTokenRules(lifetime: .days(180), perAccountMax: 10)

    package init(lifetime: Duration, perAccountMax: Int) {
        precondition(lifetime > .zero && (1...100).contains(perAccountMax))
        self.lifetime = lifetime
        self.perAccountMax = perAccountMax
    }

    package func expiry(issuedAt: Timestamp) -> Timestamp { issuedAt + lifetime }
}
