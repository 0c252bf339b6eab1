import Glibc

/// A value that several threads share, reached only while its lock is held.
///
/// One heap-allocated mutex and condition variable, so that waiting for a change needs no second
/// primitive. ThreadSanitizer follows pthread locks; it reports false races for
/// `Synchronization.Mutex`, which is why that type is not used here.
///
/// Nothing slow happens inside a closure: no hashing, no files, no sockets.
@safe
package final class Guarded<Value: ~Copyable>: @unchecked Sendable {
    // @unchecked Sendable: `value` is touched only between lock and unlock of `mutex`.
    // @safe: both pointers are allocated in `init`, freed in `deinit` and never leave this class.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    package init(_ value: consuming sending Value) {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe changed.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // Deadlines are measured on the monotonic clock: a change of the wall clock moves none.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        let failed = unsafe pthread_mutex_init(mutex, nil) | pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
        precondition(failed == 0, "a default mutex cannot fail to initialise on Linux")
        unsafe self.mutex = unsafe mutex
        unsafe self.changed = unsafe changed
        self.value = value
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone with the value.
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Runs `body` alone with the value, then wakes every thread that waits for a change.
    package func change<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(changed)
            unsafe pthread_mutex_unlock(mutex)
        }
        return try body(&value)
    }

    /// Runs `body` now and again after every change, until it answers or the time is over.
    ///
    /// - Parameter limit: how long to wait at most; `nil` waits for ever.
    /// - Returns: what `body` answered, or `nil` when the time was over first.
    package func wait<Result>(
        atMost limit: Duration? = nil, until body: (inout sending Value) -> sending Result?
    ) -> sending Result? {
        var deadline = limit.map(monotonicTime(after:)) ?? timespec()
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let answer = body(&value) { return answer }
            if limit == nil {
                unsafe pthread_cond_wait(changed, mutex)
            } else if unsafe pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT {
                return body(&value)
            }
        }
    }
}

private func monotonicTime(after delay: Duration) -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let (seconds, attoseconds) = delay.components
    time.tv_sec += Int(seconds)
    time.tv_nsec += Int(attoseconds / 1_000_000_000)
    if time.tv_nsec >= 1_000_000_000 {
        time.tv_nsec -= 1_000_000_000
        time.tv_sec += 1
    }
    return time
}
