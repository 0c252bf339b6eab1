package import Accounts

/// Where events are delivered to. An event has one delivery for each sink that was configured when it
/// was enqueued: what happened before a sink was added is not delivered to it.
package enum Sink: String, CaseIterable, Hashable, Sendable {
    /// Consumers lease and acknowledge over HTTP; always there.
    case pull
    /// Posted to an HTTPS endpoint.
    case webhook
    /// Published to RabbitMQ.
    case amqp
}

/// What became of one attempt to deliver an event to a sink.
package enum Handover: Equatable, Sendable {
    /// The other side has it.
    case delivered
    /// The other side is there and did not take this one; the others are not held up by it.
    case refused(String)
    /// Nobody took it: the whole sink waits.
    case unreachable(String)
    /// It was not sent. The attempt does not count.
    case untried
}

/// How long a sink is left alone after failures in a row, so that one that is down costs its events no
/// attempts and us no threads. Nothing is known of the next one until a single probe got through.
package struct SinkRest: Equatable, Sendable {
    private var failures = 0
    private var until = Timestamp.earliest

    /// The first wait is random up to this.
    private static let firstDelay = Duration.seconds(1)
    /// Where doubling ends: how long a sink that is back waits at most to be noticed.
    package static let delayMax = Duration.seconds(60)
    /// The longest that a `Retry-After` is obeyed: a mistaken one must not silence breach notices.
    package static let retryAfterMax = Duration.hours(1)

    package init() {}

    /// How many to try now, of at most `batchMax`.
    package func allowance(at now: Timestamp, batchMax: Int) -> Int {
        // A clock that was put back must not make a rest endless.
        let isResting = now < until && until - now <= Self.retryAfterMax
        return isResting ? 0 : failures == 0 ? batchMax : 1
    }

    package mutating func succeeded() {
        self = SinkRest()
    }

    /// - Parameters:
    ///   - retryAfter: what the other side asked for, if it did.
    ///   - random: 64 random bits.
    package mutating func failed(
        at now: Timestamp, retryAfter: Duration? = nil, random: UInt64
    ) {
        var ceiling = Self.firstDelay
        for _ in 0..<min(failures, 10) { ceiling *= 2 }
        failures += 1
        let microseconds = UInt64(min(ceiling, Self.delayMax).microseconds)
        let wait = random.multipliedFullWidth(by: microseconds + 1).high
        until = now + max(.microseconds(Int64(wait)), min(retryAfter ?? .zero, Self.retryAfterMax))
    }
}
