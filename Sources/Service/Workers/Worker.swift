import Threads

/// A named thread that does its round again and again until it is stopped, and a last time then.
final class Worker: Sendable {
    private let isStopping: Guarded<Bool>
    private let thread: NamedThread

    /// - Parameters:
    ///   - pause: between the end of one round and the start of the next.
    ///   - round: must not fail; what goes wrong is logged there and tried again next time.
    ///   - last: runs once, after the last round.
    init(
        _ name: String, pause: Duration, round: @escaping @Sendable () -> Void,
        last: @escaping @Sendable () -> Void = {}
    ) {
        let isStopping = Guarded(false)
        self.isStopping = isStopping
        thread = NamedThread(name) {
            var isOver = false
            while !isOver {
                isOver = isStopping.wait(atMost: pause) { $0 ? true : nil } ?? false
                round()
            }
            last()
        }
    }

    /// Returns when the last round is done.
    func stop() {
        isStopping.change { $0 = true }
        thread.join()
    }
}
