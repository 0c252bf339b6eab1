import Accounts
import Secrets
import Service

/// A mark that is read has one spelling, in a file and in a log.
func auditMark(_ bytes: [UInt8]) {
    _ = MarkLine(bytes)
    guard let line = text(bytes), let mark = AuditMark(line: line) else { return }
    precondition(same(mark.line, line))
    precondition(MarkLine(bytes) == .mark(mark))
    precondition(!mark.isSigned(by: [UInt8](repeating: 9, count: 32)))
}

/// Ten sound records and what the bytes make of them: whatever was changed is found, what was not
/// changed is not, and nothing traps.
func auditChain(_ bytes: [UInt8]) {
    var rows: [ChainWalk.Row] = []
    var previous = ChainedRecord.beginning
    for number in 1...10 as ClosedRange<Int64> {
        let record = record(number, object: "o\(number)")
        previous = record.digest(after: previous)
        rows.append(.init(record: record, form: 1, digest: previous))
    }
    let sound = rows
    let head = ChainWalk.Position(sequence: 10, digest: previous)
    for change in stride(from: 0, to: min(bytes.count - 1, 40), by: 2) {
        let index = Int(bytes[change] & 15)
        let value = bytes[change + 1]
        guard index < rows.count else { continue }
        switch bytes[change] >> 4 {
        case 0: rows.remove(at: index)
        case 1: rows.swapAt(index, Int(value) % rows.count)
        case 2: rows.insert(rows[index], at: Int(value) % rows.count)
        case 3:
            rows[index] = .init(
                record: record(rows[index].record.sequence, object: "x\(value)"), form: 1,
                digest: rows[index].digest)
        case 4:
            rows[index] = .init(
                record: rows[index].record, form: 1, digest: .sha256(of: [value]))
        case 5:
            rows[index] = .init(
                record: record(
                    Int64(truncatingIfNeeded: Int(value) &* 0x0101_0101_0101_0101),
                    object: "o"), form: Int64(value), digest: rows[index].digest)
        default: continue
        }
    }
    // As the store gives them: in the order of their numbers, each number once.
    var seen: Set<Int64> = []
    rows = rows.filter { seen.insert($0.record.sequence).inserted }
        .sorted { $0.record.sequence < $1.record.sequence }
    var walk = ChainWalk()
    for row in rows { walk.take(row) }
    walk.end(head: head)
    precondition(walk.faults.isEmpty == (rows == sound))
    for fault in walk.faults.listed { precondition(!fault.text.isEmpty) }
}

private func record(_ sequence: Int64, object: String) -> ChainedRecord {
    ChainedRecord(
        sequence: sequence, id: "r\(sequence)", at: .epoch, actor: "cli:0", role: "command_line",
        action: "a.b", object: object, reason: "")
}
