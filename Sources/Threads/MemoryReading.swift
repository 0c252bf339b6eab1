import CThreads

/// Keeps other processes of the same user from reading this one's memory, and the kernel from dumping
/// it, also where a limit of 0 for core files is not obeyed. The corresponding C function is `prctl`
/// with `PR_SET_DUMPABLE`.
package func forbidMemoryReading() {
    _ = loquet_forbid_dumps()
}
