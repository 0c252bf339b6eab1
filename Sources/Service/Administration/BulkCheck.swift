import Glibc
import Passwords
import Secrets
import Threads

/// `loquet policy check`: a file of any size on all processors, verdicts in the order of the lines.
///
/// The caller's thread reads and writes, the others judge. A block of lines is in one place at a time
/// and there is a fixed number of them, so memory does not grow with the file: when all are being
/// judged or wait for an earlier one, nothing is read.
package struct BulkCheck: Sendable {
    private let check: PolicyCheck
    private let threadCount: Int

    /// What was found.
    package struct Tally: Equatable, Sendable {
        /// Malformed lines that are named; the rest is counted.
        package static let namedMax = 10

        package fileprivate(set) var lineCount = 0
        package fileprivate(set) var acceptedCount = 0
        package fileprivate(set) var malformedCount = 0
        /// The numbers of the first of them, counted from 1.
        package fileprivate(set) var malformedLines: [Int] = []
        /// How often each rule was broken, in the order of ``PasswordViolation``. A password breaks
        /// several.
        package fileprivate(set) var violationCounts = [Int](
            repeating: 0, count: PasswordViolation.allCases.count)
    }

    /// - Parameter threads: that judge; `nil` takes as many as there are processors, 64 at most.
    package init(_ check: PolicyCheck, threads: Int? = nil) {
        self.check = check
        let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        threadCount = threads ?? max(1, min(64, processors))
    }

    /// A few hundred KiB on their way round.
    // @unchecked Sendable: a block is in one place at a time, and passes under the exchange's lock.
    fileprivate final class Block: @unchecked Sendable {
        var number = 0
        var input: [UInt8] = []
        /// Bytes of `input` that are lines.
        var count = 0
        var output: [UInt8] = []
        var tally = Tally()
    }

    /// Blocks between the threads.
    fileprivate struct Exchange: Sendable {
        var waiting: [Block] = []
        var judged: [Block] = []
        var isOver = false
    }

    /// Reads `input` to its end and writes every verdict to `output`.
    ///
    /// - Parameter report: is told after each block how many bytes were read.
    /// - Throws: when reading or writing fails, or the corpus changes meanwhile; the verdicts so far were written or not.
    package func run(
        from input: Int32, to output: Int32, report: (Int64) -> Void = { _ in }
    ) throws(StartError) -> Tally {
        let exchange = Guarded(Exchange())
        let threads = (0..<threadCount).map { number in
            NamedThread("judge-\(number)") { [check] in judgeBlocks(exchange, check) }
        }
        defer {
            exchange.change {
                $0.isOver = true
                $0.waiting = []
            }
            for thread in threads { thread.join() }
        }
        var blocks = LineBlocks(input)
        var spare = (0...2 * threadCount).map { _ in Block() }
        var tally = Tally()
        var (submitted, written) = (0, 0)
        var isAtEnd = false
        while true {
            if !isAtEnd, let block = spare.popLast() {
                guard let count = try next(&blocks, into: block) else {
                    isAtEnd = true
                    continue
                }
                (block.number, block.count) = (submitted, count)
                submitted += 1
                exchange.change { $0.waiting.append(block) }
            } else if written < submitted {
                let block = take(written, from: exchange)
                guard check.isWhole else {
                    throw .refused("corpus.file: it was changed while it was in use")
                }
                guard writeAll(block.output, to: output) else {
                    throw .refused("standard output: \(systemReason())")
                }
                tally.add(block.tally)
                written += 1
                spare.append(block)
                report(blocks.bytesRead)
            } else {
                return tally
            }
        }
    }

    private func next(
        _ blocks: inout LineBlocks, into block: Block
    ) throws(StartError) -> Int? {
        do {
            return try blocks.next(into: &block.input)
        } catch {
            throw .refused("standard input: \(error.reason)")
        }
    }

    private func take(_ number: Int, from exchange: Guarded<Exchange>) -> Block {
        let block = exchange.wait { exchange in
            exchange.judged.firstIndex { $0.number == number }.map {
                exchange.judged.remove(at: $0)
            }
        }
        guard let block else { preconditionFailure("waiting without a limit ends with an answer") }
        return block
    }
}

extension BulkCheck.Tally {
    fileprivate mutating func note(_ verdict: PolicyCheck.Verdict) {
        lineCount += 1
        switch verdict {
        case .judged([]): acceptedCount += 1
        case .judged(let violations):
            for index in violationCounts.indices {
                violationCounts[index] += Int(violations.rawValue >> UInt16(index) & 1)
            }
        case .malformed:
            malformedCount += 1
            if malformedLines.count < Self.namedMax { malformedLines.append(lineCount) }
        }
    }

    /// Adds what was found in the lines after these.
    fileprivate mutating func add(_ later: Self) {
        let room = Self.namedMax - malformedLines.count
        malformedLines += later.malformedLines.prefix(room).map { $0 + lineCount }
        lineCount += later.lineCount
        acceptedCount += later.acceptedCount
        malformedCount += later.malformedCount
        for index in violationCounts.indices {
            violationCounts[index] += later.violationCounts[index]
        }
    }
}

/// What a judging thread does until all is over.
private func judgeBlocks(_ exchange: Guarded<BulkCheck.Exchange>, _ check: PolicyCheck) {
    while true {
        let taken: BulkCheck.Block?? = exchange.wait { exchange in
            if !exchange.waiting.isEmpty { return .some(exchange.waiting.removeFirst()) }
            return exchange.isOver ? .some(nil) : nil
        }
        guard case .some(.some(let block)) = taken else { return }
        judge(block, check)
        exchange.change { $0.judged.append(block) }
    }
}

private func judge(_ block: BulkCheck.Block, _ check: PolicyCheck) {
    // Out of the block, so that lines can be read from it meanwhile.
    var output = block.output
    block.output = []
    output.removeAll(keepingCapacity: true)
    let tally = judge(block.input.span.extracting(..<block.count), check, into: &output)
    (block.output, block.tally) = (output, tally)
    // Nobody needs these passwords any more.
    wipe(&block.input)
}

private func judge(
    _ bytes: Span<UInt8>, _ check: PolicyCheck, into output: inout [UInt8]
) -> BulkCheck.Tally {
    var tally = BulkCheck.Tally()
    bytes.forEachLine { line in
        let end = min(line.upperBound, line.lowerBound + LineBlocks.lineBytesMax)
        tally.note(check.judge(bytes.extracting(line.lowerBound..<end), into: &output))
    }
    return tally
}
