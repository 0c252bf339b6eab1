import CRabbitMQ
import Glibc

/// Where messages go inside the broker.
package enum BrokerTarget: Hashable, Sendable {
    /// A durable quorum queue of this name, declared when connecting.
    case queue(String)
    /// An exchange that is there already; each message's type is its routing key.
    case exchange(String)
}

/// What is published.
package struct BrokerMessage: Sendable {
    /// Tells repeats apart; at most 255 bytes, as ``type``.
    package let id: String
    package let type: String
    package let body: [UInt8]

    package init(id: String, type: String, body: [UInt8]) {
        self.id = id
        self.type = type
        self.body = body
    }
}

/// What the broker said of one message.
package enum Confirmation: Equatable, Sendable {
    /// The broker has taken responsibility: for a quorum queue, a majority has it on disk.
    case confirmed
    /// It has not, or could not route the message. The text is the broker's.
    case refused(String)
    /// It did not say, and the connection is gone: it may have the message or not.
    case unknown
}

/// The connection cannot be made or is gone, in the library's or the broker's words; they never hold a
/// password.
package struct BrokerError: Error, Equatable, Sendable {
    package let text: String
}

/// One connection to RabbitMQ with one channel in confirm mode. Used by one thread, which must call
/// ``pump()`` at least once in ``heartbeatSeconds`` while it publishes nothing.
@safe
package final class RabbitConnection {
    // @safe: `state` is obtained in `init`, destroyed in `deinit` and never leaves this class. What the
    // library answers lives in its pools until the buffers are released, and is copied before.
    private let state: OpaquePointer
    private let target: BrokerTarget
    /// Of the channel, from 1 (RabbitMQ's confirms count so).
    private var published: UInt64 = 0
    /// The message of a `basic.return`, whose content is still to come.
    private var returnReason: String?
    /// Set once: nothing more can be asked on this connection.
    package private(set) var failure: BrokerError?

    /// A dead broker is noticed after twice this.
    package static let heartbeatSeconds: Int32 = 15
    /// For connecting, logging in, and each answer.
    private static let stepMax = Duration.seconds(5)
    private static let channel: amqp_channel_t = 1
    /// As many as may wait for their confirmation at a time.
    package static let outstandingMax = 100

    /// - Parameters:
    ///   - password: without NUL. Wiped by the caller; the library's copies are not reached.
    ///   - authorities: the path of a PEM file. Only TLS asks for it.
    package init(
        _ endpoint: AMQPEndpoint, target: BrokerTarget, password: [UInt8], authorities: String
    ) throws(BrokerError) {
        guard let state = unsafe amqp_new_connection() else {
            throw BrokerError(text: "librabbitmq cannot start")
        }
        unsafe self.state = unsafe state
        self.target = target
        var step = timeval(Self.stepMax)
        guard unsafe amqp_set_handshake_timeout(state, &step) == AMQP_STATUS_OK.rawValue,
            unsafe amqp_set_rpc_timeout(state, &step) == AMQP_STATUS_OK.rawValue
        else { throw BrokerError(text: "librabbitmq takes no timeouts") }
        try open(endpoint, authorities)
        try logIn(endpoint, password)
        limitSilence()
        unsafe _ = amqp_channel_open(state, Self.channel)
        try checkAnswer()
        if case .queue(let name) = target {
            unsafe withBytes(name) {
                unsafe loquet_amqp_declare_quorum_queue(state, Self.channel, $0)
            }
            try checkAnswer()
        }
        unsafe _ = amqp_confirm_select(state, Self.channel)
        try checkAnswer()
    }

    deinit {
        // Closes the socket. The broker sees that nobody said goodbye, and nothing is lost by it.
        unsafe _ = amqp_destroy_connection(state)
    }

    /// Publishes and waits for the broker's word on each message.
    ///
    /// - Parameters:
    ///   - messages: at most ``outstandingMax``.
    ///   - limit: for all of it. What is not confirmed by then is unknown, and the connection is over:
    ///     a confirmation that comes later must not be taken for another message's.
    ///   - isCancelled: asked a few times a second; waiting ends when it says so.
    package func publish(
        _ messages: [BrokerMessage], within limit: Duration, isCancelled: () -> Bool
    ) -> [Confirmation] {
        precondition(messages.count <= Self.outstandingMax, "too many messages at a time")
        let first = published + 1
        var waiting = Waiting(messages.map(\.id), firstTag: first)
        let deadline = ContinuousClock.now + limit
        do throws(BrokerError) {
            guard failure == nil else { throw BrokerError(text: "the connection is gone") }
            for message in messages { try send(message) }
            while !waiting.isOver {
                if isCancelled() { throw BrokerError(text: "given up because the service stops") }
                let slice = min(deadline, .now + .milliseconds(200))
                if try !read(&waiting, until: slice), slice == deadline {
                    throw BrokerError(text: "the broker did not confirm in time")
                }
            }
        } catch {
            failure = failure ?? error
        }
        unsafe amqp_maybe_release_buffers(state)
        return waiting.confirmations
    }

    /// Sends a heartbeat when one is due, and notices what the broker has to say.
    package func pump() {
        guard failure == nil else { return }
        var nobody = Waiting([], firstTag: published + 1)
        do throws(BrokerError) {
            while try read(&nobody, until: ContinuousClock.now) {}
        } catch {
            failure = error
        }
        unsafe amqp_maybe_release_buffers(state)
    }

    private func open(
        _ endpoint: AMQPEndpoint, _ authorities: String
    ) throws(BrokerError) {
        let socket =
            unsafe endpoint.isTLS ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state)
        guard let socket = unsafe socket else { throw BrokerError(text: "no memory") }
        if endpoint.isTLS {
            try check(unsafe amqp_ssl_socket_set_cacert(socket, authorities))
            unsafe amqp_ssl_socket_set_verify_peer(socket, 1)
            unsafe amqp_ssl_socket_set_verify_hostname(socket, 1)
            try check(
                unsafe amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST))
        }
        var step = timeval(Self.stepMax)
        try check(
            unsafe amqp_socket_open_noblock(
                socket, endpoint.place.host, Int32(endpoint.place.port), &step))
    }

    private func logIn(_ endpoint: AMQPEndpoint, _ password: [UInt8]) throws(BrokerError) {
        var terminated = password.map(CChar.init(bitPattern:)) + [0]
        defer { unsafe explicit_bzero(&terminated, terminated.count) }
        let reply = unsafe loquet_amqp_login(
            state, endpoint.vhost, Self.heartbeatSeconds, endpoint.user, terminated)
        try unsafe check(reply)
    }

    /// A broker that stops reading (an alarm of memory or disk) would hold up a write for ever. The
    /// kernel gives up instead: TCP_USER_TIMEOUT counts while nothing that was sent is taken.
    private func limitSilence() {
        let descriptor = unsafe amqp_get_sockfd(state)
        var milliseconds = UInt32(2 * Self.heartbeatSeconds * 1_000)
        // Not there on every system; heartbeats notice a dead broker too, if later.
        unsafe _ = setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, 4)
    }

    private func send(_ message: BrokerMessage) throws(BrokerError) {
        let (exchange, key) =
            switch target {
            case .queue(let name): ("", name)
            case .exchange(let name): (name, message.type)
            }
        let code = unsafe withBytes(message.id) { id in
            unsafe withBytes(message.type) { type in
                var properties = unsafe amqp_basic_properties_t()
                unsafe properties._flags = amqp_flags_t(
                    AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG
                        | AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG)
                unsafe properties.content_type = unsafe amqp_cstring_bytes(contentType)
                // 2: written to disk.
                unsafe properties.delivery_mode = 2
                unsafe properties.message_id = unsafe id
                unsafe properties.type = unsafe type
                return unsafe withBytes(exchange) { exchange in
                    unsafe withBytes(key) { key in
                        unsafe message.body.withUnsafeBytes { body in
                            // The library only reads it.
                            let bytes = unsafe amqp_bytes_t(
                                len: body.count,
                                bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
                            return unsafe amqp_basic_publish(
                                state, Self.channel, exchange, key, 1, 0, &properties, bytes)
                        }
                    }
                }
            }
        }
        try check(code)
        published += 1
    }

    /// Reads one frame.
    ///
    /// - Returns: `false` when there was none by the deadline.
    private func read(
        _ waiting: inout Waiting, until deadline: ContinuousClock.Instant
    ) throws(BrokerError) -> Bool {
        var left = timeval(max(.zero, deadline - ContinuousClock.now))
        var frame = unsafe amqp_frame_t()
        let code = unsafe amqp_simple_wait_frame_noblock(state, &frame, &left)
        if code == AMQP_STATUS_TIMEOUT.rawValue { return false }
        try check(code)
        switch Int32(unsafe frame.frame_type) {
        case AMQP_FRAME_METHOD: try unsafe take(frame.payload.method, &waiting)
        case AMQP_FRAME_HEADER:
            // The content of what was returned: its id is in the properties, its body is ours.
            guard let reason = returnReason else { break }
            returnReason = nil
            if let id = unsafe messageID(frame.payload.properties.decoded) {
                waiting.returned(id, reason)
            }
        default: break
        }
        return true
    }

    private func take(
        _ method: amqp_method_t, _ waiting: inout Waiting
    ) throws(BrokerError) {
        guard let decoded = unsafe method.decoded else { return }
        switch unsafe method.id {
        case AMQP_BASIC_ACK_METHOD:
            let ack = unsafe decoded.load(as: amqp_basic_ack_t.self)
            waiting.settle(ack.delivery_tag, multiple: ack.multiple != 0, .confirmed)
        case AMQP_BASIC_NACK_METHOD:
            let nack = unsafe decoded.load(as: amqp_basic_nack_t.self)
            waiting.settle(
                nack.delivery_tag, multiple: nack.multiple != 0,
                .refused("the broker refused the message"))
        case AMQP_BASIC_RETURN_METHOD:
            let back = unsafe decoded.load(as: amqp_basic_return_t.self)
            let words = unsafe text(back.reply_text)
            returnReason = "the broker could not route it: \(unsafe back.reply_code) \(words)"
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = unsafe decoded.load(as: amqp_channel_close_t.self)
            throw unsafe BrokerError(text: "\(close.reply_code) \(text(close.reply_text))")
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = unsafe decoded.load(as: amqp_connection_close_t.self)
            throw unsafe BrokerError(text: "\(close.reply_code) \(text(close.reply_text))")
        default: break
        }
    }

    private func check(_ code: Int32) throws(BrokerError) {
        guard code != AMQP_STATUS_OK.rawValue else { return }
        throw BrokerError(
            text: oneLine(unsafe String(cString: amqp_error_string2(code)), bytesMax: 200))
    }

    private func checkAnswer() throws(BrokerError) {
        try unsafe check(amqp_get_rpc_reply(state))
    }

    private func check(_ reply: amqp_rpc_reply_t) throws(BrokerError) {
        switch unsafe reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_LIBRARY_EXCEPTION: try check(unsafe reply.library_error)
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            var nobody = Waiting([], firstTag: 1)
            try unsafe take(reply.reply, &nobody)
        default: break
        }
        throw BrokerError(text: "the broker did not answer")
    }
}

private let contentType = "application/cloudevents+json"

/// Messages that were published and not yet spoken of.
private struct Waiting {
    private let ids: [String]
    private let firstTag: UInt64
    private(set) var confirmations: [Confirmation]
    private var left: Int
    /// By message; the broker acknowledges what it returned as well, afterwards.
    private var returns: [Int: String] = [:]

    init(_ ids: [String], firstTag: UInt64) {
        self.ids = ids
        self.firstTag = firstTag
        confirmations = [Confirmation](repeating: .unknown, count: ids.count)
        left = ids.count
    }

    var isOver: Bool { left == 0 }

    mutating func returned(_ id: String, _ reason: String) {
        if let index = ids.firstIndex(of: id) { returns[index] = reason }
    }

    /// - Parameter multiple: the tag and all before it.
    mutating func settle(_ tag: UInt64, multiple: Bool, _ confirmation: Confirmation) {
        guard tag >= firstTag, tag - firstTag < UInt64(ids.count) else { return }
        let last = Int(tag - firstTag)
        for index in (multiple ? 0 : last)...last where confirmations[index] == .unknown {
            confirmations[index] = returns[index].map(Confirmation.refused) ?? confirmation
            left -= 1
        }
    }
}

/// Lends a text as the library takes it. It only reads it.
private func withBytes<Result>(_ text: String, _ body: (amqp_bytes_t) -> Result) -> Result {
    let bytes = Array(text.utf8)
    return unsafe bytes.withUnsafeBytes { buffer in
        unsafe body(
            amqp_bytes_t(
                len: buffer.count, bytes: UnsafeMutableRawPointer(mutating: buffer.baseAddress)))
    }
}

private func text(_ bytes: amqp_bytes_t) -> String {
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len)
    return unsafe oneLine(String(decoding: buffer, as: UTF8.self), bytesMax: 200)
}

private func messageID(_ decoded: UnsafeMutableRawPointer?) -> String? {
    guard let decoded = unsafe decoded else { return nil }
    let properties = unsafe decoded.load(as: amqp_basic_properties_t.self)
    guard unsafe properties._flags & amqp_flags_t(AMQP_BASIC_MESSAGE_ID_FLAG) != 0 else {
        return nil
    }
    return unsafe text(properties.message_id)
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}

/// The version of librabbitmq that runs, such as `0.11.0`.
package var librabbitmqVersion: String { unsafe String(cString: amqp_version()) }
