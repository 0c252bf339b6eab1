import CThreads
import Glibc

/// A thread with a name that `ps -T` shows, started at once and joined by its owner.
///
/// Written over pthread because Foundation's `Thread` cannot be joined, and a service that stops in
/// order must know that a worker has ended.
package final class NamedThread: Sendable {
    private let handle: Guarded<pthread_t?>

    /// - Parameters:
    ///   - name: the kernel keeps its first 15 bytes.
    ///   - niceness: 0 ... 19: how much the thread yields to others, as nice(1) counts it. Linux keeps
    ///     it for each thread.
    ///   - body: what the thread does. It ends when `body` returns.
    /// - Precondition: the system can start one more thread.
    package init(
        _ name: String, niceness: Int32 = 0, _ body: @escaping @Sendable () -> Void
    ) {
        let entry = unsafe Unmanaged.passRetained(
            Entry(name: name, niceness: niceness, body: body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                // `argument` is the entry retained above; pthread hands it over exactly once.
                let entry = unsafe Unmanaged<Entry>.fromOpaque(argument!).takeRetainedValue()
                entry.run()
                return nil
            }, entry.toOpaque())
        precondition(code == 0, "cannot start the thread \(name): error \(code)")
        handle = Guarded(thread)
    }

    /// Waits until the thread has ended. A second call returns at once.
    package func join() {
        let thread = handle.withLock { handle in
            let thread = handle
            handle = nil
            return thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    private final class Entry: Sendable {
        let name: String
        let niceness: Int32
        let body: @Sendable () -> Void

        init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }

        func run() {
            _ = unsafe loquet_name_this_thread(name)
            // Anybody may yield more. Were it refused, the thread would be no slower than others.
            if niceness > 0 { _ = loquet_make_this_thread_nice(niceness) }
            body()
        }
    }
}
