import Glibc
import Threads

/// A listening HTTP/1.1 server: owns its socket, its network threads and the thread
/// `http-deadline`. Stops when it is released, better when it is told to:
///
/// ```
/// server.stopAccepting()
/// server.waitUntilIdle(atMost: .seconds(20))
/// // stop whoever finishes parked requests
/// server.stop()
/// ```
package final class HTTPServer: Sendable {
    /// The port it listens on; the system's choice when 0 was asked for.
    package let port: UInt16

    private let parts: ServerParts
    private let sweeper: NamedThread
    private let library: Guarded<Library>

    private enum Library {
        case running(Microhttpd)
        /// With the listening socket, open until the end.
        case quiesced(Microhttpd, listening: Int32)
        case stopped
    }

    /// As many network threads as there are processors.
    package static var defaultThreads: Int {
        min(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 64)
    }

    /// Listens and serves from here on; the handler may be called before this returns.
    ///
    /// Raises the process's soft limit of open files when `connectionsMax` needs it.
    ///
    /// - Parameters:
    ///   - threads: network threads, 1 ... 64.
    ///   - log: takes the library's complaints, each at most once a minute, on any thread. They
    ///     hold nothing that a client sent.
    /// - Throws: `.addressInUse`, `.cannotListen`, `.badTLS`, `.tooFewFiles`, `.libraryRefused`.
    package init(
        listen address: ListenAddress,
        limits: HTTPLimits = HTTPLimits(),
        tls: TLSIdentity? = nil,
        threads: Int = HTTPServer.defaultThreads,
        handler: any RequestHandler,
        log: @escaping @Sendable (String) -> Void
    ) throws(HTTPServerError) {
        precondition((1...64).contains(threads), "network threads: 1 to 64")
        limits.preconditionInRange()
        try tls?.check()
        try raiseOpenFileLimit(connections: limits.connectionsMax)
        let socket = try ListeningSocket(address)
        let parts = ServerParts(limits: limits, handler: handler, log: log)
        port = socket.port
        let library: Microhttpd
        do throws(HTTPServerError) {
            library = try Microhttpd.start(
                on: socket.descriptor, threads: threads, tls: tls, parts: parts)
        } catch {
            socket.closeIfStillOpen()
            throw error
        }
        self.parts = parts
        self.library = Guarded(.running(library))
        let open = parts.open
        sweeper = NamedThread("http-deadline") { open.sweep() }
    }

    deinit { stop() }

    /// Refuses new connections from here on. Open ones are served on, and closed with their next
    /// answer. A second call does nothing.
    package func stopAccepting() {
        parts.traffic.drain()
        library.withLock { library in
            guard case .running(let daemon) = library else { return }
            library = .quiesced(daemon, listening: daemon.quiesce())
        }
    }

    /// Waits until no request is between its handler and the end of its answer.
    ///
    /// - Returns: `false` when the time was over first.
    package func waitUntilIdle(atMost limit: Duration) -> Bool {
        parts.traffic.waitUntilIdle(atMost: limit)
    }

    /// Closes every connection and ends every thread of this server. Requests still parked are
    /// answered 503 as far as their clients read it; finishing one later does nothing. Waits for
    /// handlers that run. A second call does nothing.
    ///
    /// - Precondition: not called by a handler, which would wait for itself.
    package func stop() {
        stopAccepting()
        let last: (daemon: Microhttpd, listening: Int32)? = library.withLock { library in
            guard case .quiesced(let daemon, let listening) = library else { return nil }
            library = .stopped
            return (daemon, listening)
        }
        guard let last else { return }
        for seat in parts.traffic.stop() {
            _ = seat.takeBack(with: refused(.stopping, by: parts.handler))
        }
        last.daemon.stop()
        if last.listening >= 0 { close(last.listening) }
        parts.open.stopSweeping()
        sweeper.join()
    }
}
