import Glibc
import Passwords

/// Any number of keys, given in any order and read in ascending order, each once, in bounded memory:
/// they are sorted in runs, the runs go to a temporary file, and reading merges them.
///
/// Keys that come in order already make one long run and are never sorted.
struct KeySorter: ~Copyable {
    /// Keys in memory at a time: 32 MiB, and as much again while they are sorted.
    static let runKeysStandard = 1 << 22

    private let file: ScratchFile
    private let runKeysMax: Int
    private var keys: [UInt64] = []
    private var scratch: [UInt64] = []
    private var ascends = true
    private var runs: [Run] = []
    private(set) var count = 0

    private struct Run {
        /// Bytes in the file.
        let start: Int
        var end: Int
        var last: UInt64
    }

    /// - Parameter path: of the temporary file, which has no name any more when this returns.
    init(scratch path: String, runKeysMax: Int = runKeysStandard) throws(CorpusError) {
        file = try ScratchFile(path)
        self.runKeysMax = runKeysMax
        keys.reserveCapacity(runKeysMax)
    }

    mutating func append(_ key: CorpusKey) throws(CorpusError) {
        if let last = keys.last, key.bits < last { ascends = false }
        keys.append(key.bits)
        count += 1
        if keys.count == runKeysMax { try endRun() }
    }

    private mutating func endRun() throws(CorpusError) {
        guard let first = keys.first else { return }
        if !ascends { sortByBytes(&keys, &scratch) }
        let lowest = ascends ? first : keys[0]
        let start = runs.last?.end ?? 0
        if let run = runs.last, run.last <= lowest {
            runs[runs.count - 1].end += keys.count * 8
            runs[runs.count - 1].last = keys[keys.count - 1]
        } else {
            runs.append(
                Run(start: start, end: start + keys.count * 8, last: keys[keys.count - 1]))
        }
        try file.write(keys, at: start)
        keys.removeAll(keepingCapacity: true)
        ascends = true
    }

    /// Ends the input and gives the memory back; then ``forEach(_:)`` may run, as often as it is wanted.
    mutating func finish() throws(CorpusError) {
        try endRun()
        keys = []
        scratch = []
    }

    /// Every key once, ascending.
    func forEach(_ body: (CorpusKey) throws(CorpusError) -> Void) throws(CorpusError) {
        var cursors: [Cursor] = []
        // 32 MiB for all, at least a page for each.
        let bufferKeys = max(512, (1 << 22) / max(1, runs.count))
        for run in runs {
            var cursor = Cursor(offset: run.start, end: run.end, bufferKeys: bufferKeys)
            if try cursor.advance(file) { cursors.append(cursor) }
        }
        // A heap by the key each run stands at.
        for root in stride(from: cursors.count / 2 - 1, through: 0, by: -1) {
            sift(&cursors, from: root)
        }
        var last: UInt64?
        while !cursors.isEmpty {
            let key = cursors[0].key
            if key != last { try body(CorpusKey(bits: key)) }
            last = key
            if try !cursors[0].advance(file) { cursors.swapRemoveFirst() }
            sift(&cursors, from: 0)
        }
    }

    /// Where reading has come in one run.
    private struct Cursor {
        var offset: Int
        let end: Int
        let bufferKeys: Int
        var buffer: [UInt64] = []
        var next = 0
        var key: UInt64 = 0

        /// - Returns: `false` at the end of the run.
        mutating func advance(_ file: borrowing ScratchFile) throws(CorpusError) -> Bool {
            if next == buffer.count {
                let count = min(bufferKeys, (end - offset) / 8)
                guard count > 0 else { return false }
                try file.read(&buffer, count: count, at: offset)
                offset += count * 8
                next = 0
            }
            key = buffer[next]
            next += 1
            return true
        }
    }

    private func sift(_ cursors: inout [Cursor], from root: Int) {
        var parent = root
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < cursors.count {
                if cursors[child].key < cursors[least].key { least = child }
            }
            guard least != parent else { return }
            cursors.swapAt(parent, least)
            parent = least
        }
    }
}

extension Array {
    fileprivate mutating func swapRemoveFirst() {
        swapAt(0, count - 1)
        removeLast()
    }
}

/// Ascending, byte by byte from the lowest: eight passes, or fewer where a byte is the same in all.
private func sortByBytes(_ keys: inout [UInt64], _ scratch: inout [UInt64]) {
    if scratch.count != keys.count { scratch = [UInt64](repeating: 0, count: keys.count) }
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
        var places = [Int](repeating: 0, count: 256)
        for key in keys { places[Int(key >> shift & 255)] += 1 }
        guard !places.contains(keys.count) else { continue }
        var start = 0
        for value in places.indices { (places[value], start) = (start, start + places[value]) }
        for key in keys {
            let value = Int(key >> shift & 255)
            scratch[places[value]] = key
            places[value] += 1
        }
        swap(&keys, &scratch)
    }
}
