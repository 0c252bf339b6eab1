import Glibc
import Passwords
import Secrets

/// `loquet corpus build`: lists of any size into one corpus file, in bounded memory. The file appears
/// under its name when it is complete and synced, or not at all.
package struct CorpusBuild {
    /// What the lines of the input are.
    package enum Form: Equatable, Sendable {
        /// ``CorpusLine/digest(_:)``; those seen less often are left out.
        case digests(minimumCount: UInt64)
        /// ``CorpusLine/password(_:)``.
        case passwords
    }

    package struct Progress: Equatable, Sendable {
        package let bytesRead: Int64
        /// `nil` when an input has no size.
        package let bytesTotal: Int64?
        package let entryCount: Int
        package let phase: Phase

        package enum Phase: Sendable {
            case reading
            case writing
        }
    }

    package struct Outcome: Sendable {
        package let layout: CorpusLayout
        package let version: String
        package let lineCount: Int
        /// Lines seen less often than was asked for.
        package let rareCount: Int
        /// Lines of a plain list that no password can be.
        package let unusableCount: Int
    }

    private let form: Form
    private let output: String
    private let report: (Progress) -> Void
    /// Beside the output, so that the rename stays in one file system; with the process's number, so
    /// that two builds never write one file.
    private let temporary: String
    private let runKeysMax: Int

    package init(
        _ form: Form, to output: String, runKeysMax: Int? = nil,
        report: @escaping (Progress) -> Void = { _ in }
    ) {
        self.form = form
        self.output = output
        self.report = report
        self.runKeysMax = runKeysMax ?? KeySorter.runKeysStandard
        temporary = "\(output).new-\(getpid())"
    }

    /// - Parameter inputs: paths; `-` is standard input.
    package func run(_ inputs: [String]) throws(CorpusError) -> Outcome {
        var sorter = try KeySorter(scratch: temporary + "-sorting", runKeysMax: runKeysMax)
        var reading = Reading(total: totalBytes(inputs))
        for input in inputs { try read(input, &reading, into: &sorter) }
        try sorter.finish()
        report(reading.progress(sorter.count, .writing))
        var prefix = CorpusPrefix()
        try sorter.forEach { key throws(CorpusError) in prefix.note(key) }
        let (layout, version) = try write(sorter, prefixBits: try prefix.bits())
        return Outcome(
            layout: layout, version: version, lineCount: reading.lineCount,
            rareCount: reading.rareCount, unusableCount: reading.unusableCount)
    }

    private struct Reading {
        let total: Int64?
        var bytesBefore: Int64 = 0
        var bytesRead: Int64 = 0
        var lineCount = 0
        var rareCount = 0
        var unusableCount = 0

        init(total: Int64?) {
            self.total = total
        }

        func progress(_ entryCount: Int, _ phase: Progress.Phase) -> Progress {
            Progress(
                bytesRead: bytesBefore + bytesRead, bytesTotal: total, entryCount: entryCount,
                phase: phase)
        }
    }

    private func read(
        _ input: String, _ reading: inout Reading, into sorter: inout KeySorter
    ) throws(CorpusError) {
        let name = input == "-" ? "standard input" : input
        let descriptor = unsafe input == "-" ? dup(STDIN_FILENO) : open(input, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .input(name, reason: systemReason()) }
        defer { close(descriptor) }
        var blocks = LineBlocks(descriptor)
        var block: [UInt8] = []
        var lineNumber = 0
        while true {
            let count: Int?
            do {
                count = try blocks.next(into: &block)
            } catch {
                throw .input(name, reason: error.reason)
            }
            guard let count else { break }
            let bytes = block.span.extracting(..<count)
            try bytes.forEachLine { (line: Range<Int>) throws(CorpusError) in
                lineNumber += 1
                if let key = try key(bytes.extracting(line), &reading, lineNumber, name) {
                    try sorter.append(key)
                }
            }
            reading.bytesRead = blocks.bytesRead
            report(reading.progress(sorter.count, .reading))
        }
        reading.lineCount += lineNumber
        reading.bytesBefore += blocks.bytesRead
        reading.bytesRead = 0
    }

    /// - Returns: `nil` for a line that is left out.
    @inline(__always)
    private func key(
        _ line: Span<UInt8>, _ reading: inout Reading, _ number: Int, _ input: String
    ) throws(CorpusError) -> CorpusKey? {
        switch form {
        case .digests(let minimumCount):
            guard let (key, seenCount) = CorpusLine.digest(line) else {
                throw .line(
                    number, of: input,
                    expected: "40 hexadecimal digits, or these, a colon and a whole number")
            }
            guard seenCount >= minimumCount else {
                reading.rareCount += 1
                return nil
            }
            return key
        case .passwords:
            guard let key = CorpusLine.password(line) else {
                reading.unusableCount += 1
                return nil
            }
            return key
        }
    }

    private func write(
        _ sorter: borrowing KeySorter, prefixBits: Int
    ) throws(CorpusError) -> (CorpusLayout, version: String) {
        let descriptor = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(systemReason()) }
        defer {
            close(descriptor)
            // Gone already when it took its final name.
            _ = unsafe unlink(temporary)
        }
        var packer = CorpusPacker(prefixBits: prefixBits, to: FileSink(descriptor: descriptor))
        try sorter.forEach { key throws(CorpusError) in try packer.add(key) }
        let layout = try packer.finish()
        let digest = try digestOfCorpus(layout, descriptor)
        var header = layout.header
        header.replaceSubrange(CorpusLayout.digestPlace, with: digest.bytes)
        var sink = FileSink(descriptor: descriptor)
        try sink.write(header, at: 0)
        guard fsync(descriptor) == 0, unsafe rename(temporary, output) == 0 else {
            throw .unwritable(systemReason())
        }
        do {
            try syncDirectory(of: output)
        } catch {
            throw .unwritable(error.reason)
        }
        return (layout, CorpusFile.version(digest))
    }
}

private struct FileSink: CorpusSink {
    let descriptor: Int32

    mutating func write(_ bytes: [UInt8], at offset: Int) throws(CorpusError) {
        let failure = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: descriptor, offset) }
        if let failure { throw .unwritable(failure) }
    }
}

/// Of all inputs together; `nil` when one is no regular file.
private func totalBytes(_ inputs: [String]) -> Int64? {
    var total: Int64 = 0
    for input in inputs {
        var status = stat()
        let found = unsafe input == "-" ? fstat(STDIN_FILENO, &status) : stat(input, &status)
        guard found == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        total += Int64(status.st_size)
    }
    return total
}
