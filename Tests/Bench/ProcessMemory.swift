import Foundation
import Passwords

/// The most memory that this process has held so far.
func residentBytesMax() throws -> Int { try kernelCount("VmHWM:", in: "/proc/self/status") }

/// How much of an arena lies in huge pages, 0 ... 1.
func hugePageShare() throws -> Double {
    let before = try kernelCount("AnonHugePages:", in: "/proc/self/smaps_rollup")
    let arena = try Argon2Arena(for: .standard)
    let after = try kernelCount("AnonHugePages:", in: "/proc/self/smaps_rollup")
    return Double(after - before) / Double(Int(arena.memoryKiB) * 1_024)
}

/// Bytes that stand as KiB after a name in a file of the kernel's.
private func kernelCount(_ name: String, in path: String) throws -> Int {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
        if let number = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
            return number * 1_024
        }
    }
    throw BenchError(text: "\(path) has no \(name)")
}
