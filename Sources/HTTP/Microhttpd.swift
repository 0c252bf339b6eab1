import CMicrohttpd
import Glibc
import Threads

/// A running libmicrohttpd with its network threads.
///
/// @unchecked Sendable: libmicrohttpd locks its daemon itself, and the pointer never changes.
/// @safe: it is used only between `start` and the one `stop`, which `HTTPServer` sees to.
@safe
struct Microhttpd: @unchecked Sendable {
    private let daemon: OpaquePointer

    /// Starts the network threads on a listening socket.
    ///
    /// - Parameters:
    ///   - threads: 1 ... 64.
    ///   - parts: what the callbacks work with. The caller keeps it alive until `stop` returns.
    /// - Throws: `.badTLS(.pair)`, `.libraryRefused`.
    static func start(
        on descriptor: Int32, threads: Int, tls: TLSIdentity?, parts: ServerParts
    ) throws(HTTPServerError) -> Microhttpd {
        let limits = parts.limits
        var settings = unsafe loquet_http_settings()
        unsafe settings.listen_socket = descriptor
        unsafe settings.threads = UInt32(threads)
        unsafe settings.connections_max = UInt32(max(limits.connectionsMax, threads))
        unsafe settings.connections_per_address_max = UInt32(limits.connectionsPerAddressMax)
        unsafe settings.idle_seconds = wholeSeconds(limits.idle)
        // The bytes of a head, the library's index of its fields (a quarter is about 70 fields)
        // and the head of the answer, so that our own limit strikes first, with our own answer.
        // No more: the library clears all of it after every request, used or not.
        unsafe settings.connection_memory_bytes = limits.headerBytesMax * 5 / 4 + 4_096
        unsafe settings.context = Unmanaged.passUnretained(parts).toOpaque()
        unsafe settings.log = MicrohttpdCallbacks.log
        unsafe settings.handler = MicrohttpdCallbacks.handler
        unsafe settings.target = MicrohttpdCallbacks.target
        unsafe settings.completed = MicrohttpdCallbacks.completed
        unsafe settings.connection = MicrohttpdCallbacks.connection
        let daemon = unsafe withIdentity(tls) { certificate, key in
            unsafe settings.certificate_pem = unsafe certificate
            unsafe settings.key_pem = unsafe key
            return unsafe loquet_http_start(&settings)
        }
        guard let daemon = unsafe daemon else {
            throw parts.log.last.contains("TLS") ? .badTLS(.pair) : .libraryRefused
        }
        return unsafe Microhttpd(daemon: daemon)
    }

    private init(daemon: OpaquePointer) {
        unsafe self.daemon = unsafe daemon
    }

    /// Stops accepting. Open connections go on.
    ///
    /// - Returns: the listening socket, or -1. It refuses from here on, and is the caller's to close
    ///   once ``stop()`` has returned: until then a network thread may still take it out of its
    ///   epoll set, and finding it closed the library ends the process.
    func quiesce() -> Int32 {
        let descriptor = unsafe MHD_quiesce_daemon(daemon)
        if descriptor >= 0 { shutdown(descriptor, Int32(SHUT_RDWR)) }
        return descriptor
    }

    /// Closes every connection and joins the network threads.
    ///
    /// - Precondition: no connection is suspended without having been resumed; libmicrohttpd
    ///   stops the process otherwise.
    func stop() { unsafe MHD_stop_daemon(daemon) }
}

/// A connection that can be put aside and woken.
///
/// @unchecked Sendable: `resume` may be called from any thread, as libmicrohttpd documents.
/// @safe: a suspended connection is not freed before it is resumed, and `ParkedSeat` resumes once.
@safe
struct SuspendedConnection: @unchecked Sendable {
    private let connection: OpaquePointer

    /// Suspends at once. Called in the handler, on the connection's own network thread.
    init(suspending connection: OpaquePointer) {
        unsafe self.connection = unsafe connection
        unsafe MHD_suspend_connection(connection)
    }

    func resume() { unsafe MHD_resume_connection(connection) }
}

private func withIdentity<Result>(
    _ tls: TLSIdentity?, _ body: (UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Result
) -> Result {
    guard let tls else { return body(nil, nil) }
    return unsafe tls.certificatePEM.withCString { certificate in
        unsafe tls.keyPEM.withCString { key in unsafe body(certificate, key) }
    }
}

private func wholeSeconds(_ duration: Duration) -> UInt32 {
    let (seconds, attoseconds) = duration.components
    return UInt32(seconds) + (attoseconds > 0 ? 1 : 0)
}

extension HTTPServer {
    /// The version of libmicrohttpd that runs, such as `0.9.75`.
    package static var libraryVersion: String { unsafe String(cString: MHD_get_version()) }
}
