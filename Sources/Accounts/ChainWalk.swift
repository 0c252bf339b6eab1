package import Secrets

/// Follows the chain of the audit log from one end to the other and says what does not fit. Pure, and
/// bounded in memory whatever the length of the log: a few records around what is wrong, and the
/// signed marks.
package struct ChainWalk: Sendable {
    /// A stored record with what was stored beside it.
    package struct Row: Equatable, Sendable {
        package let record: ChainedRecord
        package let form: Int64
        package let digest: Digest

        package init(record: ChainedRecord, form: Int64, digest: Digest) {
            self.record = record
            self.form = form
            self.digest = digest
        }
    }

    /// Where a chain stands: behind the record with this number and digest.
    package struct Position: Equatable, Sendable {
        package let sequence: Int64
        package let digest: Digest

        package static let beginning = Position(
            sequence: 0, digest: ChainedRecord.beginning)

        package init(sequence: Int64, digest: Digest) {
            self.sequence = sequence
            self.digest = digest
        }
    }

    /// What the action of the row is called that follows a restore.
    package static let restoredAction = "store.restored"

    package private(set) var faults = ChainFaults()
    /// Records that were looked at.
    package private(set) var count: Int64 = 0
    /// Marks that agree with the log.
    package private(set) var marksAgreeing = 0
    /// Checkpoints over records that a restore undid.
    package let marksUndone: Int
    /// The time of the last record before anything was wrong.
    package private(set) var goodUntil: Timestamp?

    private let anchor: Position
    /// Restore records stand behind these.
    private let restores: Set<Int64>
    /// In the order of their sequences.
    private var marks: ArraySlice<Position>
    private var agreesUpTo: Int64
    private var isRewritten = false

    private var position: Position
    /// Whether `position` is known to be the predecessor; not so behind a gap.
    private var isLinked = true
    /// What must be added to the numbers of rows to get those that they were hashed with.
    private var shift: Int64 = 0
    /// Rows in a row that do not fit, and the digest before them.
    private var suspects: [Row] = []
    private var beforeSuspects = ChainedRecord.beginning

    /// Rows that are looked at together when they do not fit.
    private static let windowRows = 16

    /// - Parameters:
    ///   - anchor: behind which the log begins.
    ///   - marks: verified ones, in any order.
    package init(from anchor: Position = .beginning, marks: [AuditMark.Claim] = []) {
        self.anchor = anchor
        position = anchor
        agreesUpTo = anchor.sequence
        let restores = marks.filter { $0.kind == .restored }
        let standing = marks.filter { mark in
            !restores.contains { mark.sequence > $0.sequence && mark.at <= $0.at && mark != $0 }
        }
        marksUndone = marks.count - standing.count
        self.restores = Set(standing.filter { $0.kind == .restored }.map(\.sequence))
        self.marks = standing.filter { $0.sequence >= anchor.sequence }.map {
            Position(sequence: $0.sequence, digest: $0.digest)
        }.sorted { $0.sequence < $1.sequence }[...]
        compareMarks(at: anchor)
    }

    /// The next record in the order of sequences.
    package mutating func take(_ row: Row) {
        count += 1
        let sequence = row.record.sequence
        guard sequence > anchor.sequence else {
            faults.add(.unpruned(sequence: sequence))
            return
        }
        if sequence > position.sequence + 1 {
            settle()
            faults.add(.removed(position.sequence + 1...sequence - 1))
            isLinked = false
        }
        checkRestore(row)
        if row.form != Int64(ChainedRecord.form) {
            settle()
            faults.add(.unknownForm(sequence: sequence))
        } else if !isLinked
            || row.digest == row.record.digest(after: position.digest, as: sequence + shift)
        {
            settle()
            if faults.isEmpty { goodUntil = row.record.at }
        } else {
            if suspects.isEmpty { beforeSuspects = position.digest }
            suspects.append(row)
        }
        isLinked = true
        position = Position(sequence: sequence, digest: row.digest)
        if suspects.count == Self.windowRows { settle() }
        compareMarks(at: position)
    }

    /// - Parameter head: what the store keeps of the end; `nil` for a log that never began.
    package mutating func end(head: Position?) {
        settle()
        let last = position.sequence
        let reached = last + max(shift, 0)
        let promised = max(head?.sequence ?? 0, marks.last?.sequence ?? 0)
        if promised > reached { faults.add(.truncated(reached + 1...promised)) }
        marks = []
        guard let head else {
            if last > 0 { faults.add(.headChanged(sequence: last)) }
            return
        }
        if last > head.sequence { faults.add(.beyondHead(head.sequence + 1...last)) }
        if last == head.sequence, head.digest != position.digest {
            faults.add(.headChanged(sequence: last))
        }
    }

    package mutating func note(_ fault: ChainFault) {
        faults.add(fault)
    }

    private mutating func checkRestore(_ row: Row) {
        guard restores.contains(row.record.sequence - 1),
            row.record.action != Self.restoredAction
        else { return }
        faults.add(.restoreUnrecorded(after: row.record.sequence - 1))
    }

    private mutating func compareMarks(at position: Position) {
        while let mark = marks.first, mark.sequence <= position.sequence {
            marks.removeFirst()
            // Its record is missing, which is said already, or stands under another number.
            guard mark.sequence == position.sequence, shift == 0 else { continue }
            if mark.digest == position.digest {
                marksAgreeing += 1
                agreesUpTo = mark.sequence
            } else if !isRewritten {
                // Every later one disagrees too.
                isRewritten = true
                faults.add(.rewritten(after: agreesUpTo, upTo: mark.sequence))
            }
        }
    }

    /// Says of each suspect what became of it, by trying it in the places around.
    private mutating func settle() {
        guard let first = suspects.first, let last = suspects.last else { return }
        defer { suspects.removeAll() }
        guard !faults.isFull else {
            for row in suspects { faults.add(edited(row)) }
            return
        }
        let digests = Set([beforeSuspects] + suspects.map(\.digest))
        let reach = Int64(Self.windowRows)
        let places =
            max(1, first.record.sequence + shift - reach)...max(
                1, last.record.sequence + shift + reach)
        let found = suspects.map { row in
            places.first { place in
                digests.contains { digests.contains(row.record.digest(after: $0, as: place)) }
            }
        }
        let moves = zip(suspects, found).compactMap { row, place in
            place.map { $0 - row.record.sequence }
        }
        if let move = moves.first, move != shift, suspects.count > 1,
            moves.allSatisfy({ $0 == move }), found[found.count - 1] != nil
        {
            let count = move - shift
            faults.add(
                count > 0
                    ? .closedUp(count: count, before: first.record.sequence)
                    : .inserted(count: -count, before: first.record.sequence - count))
            shift = move
            return
        }
        for (row, place) in zip(suspects, found) {
            guard let place else {
                faults.add(edited(row))
                continue
            }
            guard place != row.record.sequence + shift else { continue }
            faults.add(
                .reordered(sequence: row.record.sequence, id: row.record.id, belongsAt: place))
        }
    }

    private func edited(_ row: Row) -> ChainFault {
        .edited(sequence: row.record.sequence, id: row.record.id)
    }
}
