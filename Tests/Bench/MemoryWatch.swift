import Foundation
import Threads

/// Looks at another process's memory again and again, on a thread of its own.
final class MemoryWatch: Sendable {
    private struct Seen: Sendable {
        var peakKiB = 0
        var anonymousKiB = 0
        var isOver = false
    }

    private let seen: Guarded<Seen>
    private let thread: NamedThread

    init(_ process: Int32) {
        let seen = Guarded(Seen())
        self.seen = seen
        thread = NamedThread("memory-watch") {
            while !seen.withLock({ $0.isOver }) {
                if let (peak, anonymous) = memory(of: process) {
                    seen.withLock {
                        $0.peakKiB = max($0.peakKiB, peak)
                        $0.anonymousKiB = max($0.anonymousKiB, anonymous)
                    }
                }
                usleep(10_000)
            }
        }
    }

    func stop() -> (peakKiB: Int, anonymousKiB: Int) {
        seen.withLock { $0.isOver = true }
        thread.join()
        return seen.withLock { ($0.peakKiB, $0.anonymousKiB) }
    }
}

/// The kernel's own high-water mark, and what belongs to no file. `nil` when the process is gone.
private func memory(of process: Int32) -> (Int, Int)? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else {
        return nil
    }
    func kib(_ name: String) -> Int? {
        text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            .flatMap { $0.split(whereSeparator: { " \t".contains($0) }).dropFirst().first }
            .flatMap { Int($0) }
    }
    guard let peak = kib("VmHWM"), let anonymous = kib("RssAnon") else { return nil }
    return (peak, anonymous)
}
