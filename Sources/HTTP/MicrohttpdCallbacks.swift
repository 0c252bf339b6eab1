import CMicrohttpd
import Glibc

/// What libmicrohttpd calls, on its network threads. Translation only: every decision is made in
/// `Connection`.
///
/// The library hands back two pointers of ours: the `ServerParts`, which the server keeps alive
/// until the threads have ended, and per socket a `Connection`, retained when the socket is
/// accepted and released when it is closed. All calls for one connection come from one thread.
enum MicrohttpdCallbacks {
    static let connection: MHD_NotifyConnectionCallback = { context, raw, slot, code in
        guard let raw = unsafe raw, let slot = unsafe slot else { return }
        if code == .CONNECTION_NOTIFY_STARTED {
            // `context` is what `start` passed, never nil.
            let parts = unsafe Unmanaged<ServerParts>.fromOpaque(context!).takeUnretainedValue()
            let clock = unsafe ConnectionClock(descriptor: loquet_http_socket(raw), now: .now)
            let peer = unsafe peerText(loquet_http_peer(raw))
            let connection = Connection(clock: clock, peer: peer, parts: parts)
            unsafe slot.pointee = Unmanaged.passRetained(connection).toOpaque()
        } else if let pointer = unsafe slot.pointee {
            unsafe slot.pointee = nil
            let connection = unsafe Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue()
            connection.closed(now: .now)
        }
    }

    /// Called with the raw target as soon as the request line is complete. What it returns comes
    /// back as the request's own pointer.
    typealias TargetCallback =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?
        ) -> UnsafeMutableRawPointer?

    static let target: TargetCallback = { _, target, raw in
        guard let raw = unsafe raw, let target = unsafe target,
            let pointer = unsafe loquet_http_socket_context(raw)
        else { return nil }
        let connection = unsafe Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
        let bytes = unsafe UnsafeRawBufferPointer(start: target, count: strlen(target))
        connection.targetCame(unsafe Array(bytes), now: .now)
        return unsafe pointer
    }

    static let completed: MHD_RequestCompletedCallback = { _, _, slot, code in
        guard let pointer = unsafe slot?.pointee else { return }
        let connection = unsafe Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
        connection.requestEnded(
            isDelivered: code == .REQUEST_TERMINATED_COMPLETED_OK, now: .now)
    }

    static let log: MHD_LogCallback = { context, template, _ in
        guard let context = unsafe context, let template = unsafe template else { return }
        let parts = unsafe Unmanaged<ServerParts>.fromOpaque(context).takeUnretainedValue()
        parts.log.note(template: unsafe String(cString: template), now: .now)
    }

    /// Called once with the head, then with each part of the body, then once more.
    static let handler: MHD_AccessHandlerCallback = {
        context, raw, _, method, version, part, partCount, slot in
        guard let context = unsafe context, let raw = unsafe raw, let method = unsafe method,
            let version = unsafe version, let partCount = unsafe partCount,
            let pointer = unsafe slot?.pointee
        else { return .NO }
        let connection = unsafe Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
        let parts = unsafe Unmanaged<ServerParts>.fromOpaque(context).takeUnretainedValue()
        if connection.wantsHead {
            let head = unsafe RequestHead(
                method: String(cString: method), target: connection.target,
                version: String(cString: version), headers: headerBlock(of: raw),
                wireBytes: loquet_http_header_bytes(raw))
            return unsafe take(connection.headCame(head), connection, raw, parts)
        }
        if unsafe partCount.pointee > 0 {
            let bytes = unsafe UnsafeRawBufferPointer(start: part, count: partCount.pointee)
            unsafe connection.bodyCame(bytes)
            unsafe partCount.pointee = 0
            return .YES
        }
        return unsafe take(connection.requestCame(), connection, raw, parts)
    }

    private static func take(
        _ turn: Connection.Turn, _ connection: Connection, _ raw: OpaquePointer,
        _ parts: ServerParts
    ) -> MHD_Result {
        switch turn {
        case .readOn: break
        case .answer(let response):
            let closes = response.closes || parts.traffic.isDraining
            connection.answers(with: response, now: .now)
            return unsafe queue(response, closes: closes, on: raw)
        case .park(let run):
            // Suspended before anybody can wake it.
            let seat = unsafe ParkedSeat(SuspendedConnection(suspending: raw))
            connection.parks(in: seat)
            if parts.traffic.park(seat) {
                run(ParkedRequest(seat, traffic: parts.traffic, handler: parts.handler))
            } else {
                _ = seat.takeBack(with: refused(.stopping, by: parts.handler))
            }
        }
        return .YES
    }
}

private func headerBlock(of connection: OpaquePointer) -> HeaderBlock {
    var headers = HeaderBlock()
    unsafe withUnsafeMutablePointer(to: &headers) { pointer in
        _ = unsafe MHD_get_connection_values_n(
            connection, .HEADER_KIND,
            { context, _, name, nameCount, value, valueCount in
                guard let context = unsafe context else { return .NO }
                let headers = unsafe context.assumingMemoryBound(to: HeaderBlock.self)
                unsafe headers.pointee.append(
                    name: UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameCount),
                    value: UnsafeRawBufferPointer(
                        start: value, count: value == nil ? 0 : valueCount))
                return .YES
            }, pointer)
    }
    return headers
}

/// - Returns: `.NO` when the library cannot take the answer, which closes the connection.
private func queue(
    _ response: Response, closes: Bool, on connection: OpaquePointer
) -> MHD_Result {
    let message = unsafe response.body.withUnsafeBytes { body in
        // Copied by the library, which does not write to it whatever its type says.
        unsafe MHD_create_response_from_buffer(
            body.count, UnsafeMutableRawPointer(mutating: body.baseAddress),
            .RESPMEM_MUST_COPY)
    }
    guard let message = unsafe message else { return .NO }
    defer { unsafe MHD_destroy_response(message) }
    for (name, value) in response.headers {
        guard unsafe MHD_add_response_header(message, name, value) == .YES else { return .NO }
    }
    if closes {
        guard unsafe MHD_add_response_header(message, "Connection", "close") == .YES else {
            return .NO
        }
    }
    return unsafe MHD_queue_response(connection, UInt32(response.status), message)
}

/// Numeric, without a port. An IPv4 client of a socket for both families is written as IPv4.
private func peerText(_ address: UnsafePointer<sockaddr>?) -> String {
    guard let address = unsafe address else { return "" }
    let text = unsafe String(unsafeUninitializedCapacity: Int(INET6_ADDRSTRLEN)) { buffer in
        unsafe buffer.withMemoryRebound(to: CChar.self) { text in
            let family = unsafe Int32(address.pointee.sa_family)
            let raw = unsafe UnsafeRawPointer(address)
            // The address follows port and, for IPv6, flow label.
            let offset =
                family == AF_INET6
                ? MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)
                : MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)
            guard let offset,
                let start = unsafe inet_ntop(
                    family, raw + offset, text.baseAddress, socklen_t(text.count))
            else { return 0 }
            return unsafe strlen(start)
        }
    }
    let mapped = "::ffff:"
    guard text.hasPrefix(mapped), text.contains(".") else { return text }
    return String(text.dropFirst(mapped.count))
}
