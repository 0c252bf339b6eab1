import Glibc
import Service

/// Lines of standard input without their line feed, one at a time. A line may hold any bytes but a line
/// feed; one that is longer than ``lineBytesMax`` is handed on cut there, which no reader of lines
/// accepts.
func forEachLine(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var pending: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe chunk.withUnsafeMutableBytes {
            unsafe read(STDIN_FILENO, $0.baseAddress, $0.count)
        }
        if count < 0 {
            if errno == EINTR { continue }
            throw StartError.refused("standard input: \(systemReason())")
        }
        if count == 0 { break }
        var rest = chunk[..<count]
        while let end = rest.firstIndex(of: 0x0A) {
            pending += rest[..<end].prefix(lineBytesMax - pending.count)
            try body(pending[...])
            pending.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        pending += rest.prefix(lineBytesMax - pending.count)
    }
    if !pending.isEmpty { try body(pending[...]) }
}

/// Bytes of a line that are looked at: over any password's, and any JSON line's that holds one.
let lineBytesMax = 65_536

/// Standard output in large pieces.
struct OutputBuffer {
    private var bytes: [UInt8] = []

    mutating func append(_ line: String) throws(StartError) {
        bytes += line.utf8
        bytes.append(0x0A)
        if bytes.count >= 65_536 { try flush() }
    }

    mutating func flush() throws(StartError) {
        guard writeAll(bytes, to: STDOUT_FILENO) else {
            throw .refused("standard output: \(systemReason())")
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
