/// How much one server takes on. Every bound of this module is here, with its default.
///
/// A value outside its range is a mistake of the caller: whoever reads limits from a configuration
/// checks them against the ranges below first.
package struct HTTPLimits: Sendable, Equatable {
    /// Bytes of request line and header fields together, as they travel. The first byte over is
    /// answered 431 (414 when the request line alone is far over) and the connection closed.
    ///
    /// 8 KiB is what nginx accepts for one line. Every open connection that sent something holds this
    /// much and a half, so it is also what a thousand of them cost.
    package var headerBytesMax: Int

    /// Bytes of a request body. A longer announced body is answered 413 before it is read; a
    /// longer chunked one is read on without being kept, and answered 413 where it ends.
    ///
    /// 64 KiB: the largest body this service reads is a JSON object of a few fields.
    package var bodyBytesMax: Int

    /// Open connections over all addresses. Further ones wait in the kernel's queue until one
    /// closes. Shared evenly by the network threads.
    package var connectionsMax: Int

    /// Open connections from one address. Further ones are closed at once, unanswered.
    ///
    /// An application server is one address, and has to be able to open 1 000 at once.
    package var connectionsPerAddressMax: Int

    /// How long a connection may make no progress in either direction. Whole seconds, rounded up;
    /// then it is closed without an answer. Parked requests are exempt.
    package var idle: Duration

    /// How long one request may take to arrive whole, and again how long its answer may take to be
    /// read; then the connection is closed without an answer. Bytes that drip in do not extend it.
    ///
    /// The first request is measured from the opening of the connection, its TLS handshake
    /// included; a later one from the end of its request line, which itself has to come within
    /// the longer of `idle` and this. Parked requests are exempt.
    package var wholeRequest: Duration

    package static let headerBytesRange = 1_024...1_048_576
    package static let bodyBytesRange = 0...67_108_864
    package static let connectionsRange = 1...1_000_000
    /// The floor of `wholeRequest` is 50 ms, of `idle` one second: what each is measured in.
    package static let idleRange = Duration.seconds(1)...Duration.seconds(3_600)
    package static let wholeRequestRange = Duration.milliseconds(50)...Duration.seconds(3_600)

    package init(
        headerBytesMax: Int = 8_192,
        bodyBytesMax: Int = 65_536,
        connectionsMax: Int = 4_096,
        connectionsPerAddressMax: Int = 2_048,
        idle: Duration = .seconds(30),
        wholeRequest: Duration = .seconds(30)
    ) {
        self.headerBytesMax = headerBytesMax
        self.bodyBytesMax = bodyBytesMax
        self.connectionsMax = connectionsMax
        self.connectionsPerAddressMax = connectionsPerAddressMax
        self.idle = idle
        self.wholeRequest = wholeRequest
    }

    /// Stops the process when a value is outside its range.
    func preconditionInRange() {
        precondition(Self.headerBytesRange.contains(headerBytesMax), "headerBytesMax")
        precondition(Self.bodyBytesRange.contains(bodyBytesMax), "bodyBytesMax")
        precondition(Self.connectionsRange.contains(connectionsMax), "connectionsMax")
        precondition(Self.connectionsRange.contains(connectionsPerAddressMax), "per address")
        precondition(Self.idleRange.contains(idle), "idle")
        precondition(Self.wholeRequestRange.contains(wholeRequest), "wholeRequest")
    }
}
