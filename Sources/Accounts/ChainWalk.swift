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

    /// The last record that was taken.
    package private(set) var position: Position
    /// Whether `position` is known to be the predecessor; not so behind a gap.
    private var isLinked = true
    /// What must be added to the numbers of rows to get those that they were hashed with.
    private var shift: Int64 = 0
    /// The latest rows, and whether each one fits what stood before it.
    private var window: [(row: Row, fits: Bool)] = []
    private var beforeWindow = ChainedRecord.beginning
    /// Of the first row in the window that does not fit; `nil` where all do.
    private var firstSuspect: Int?

    /// Rows that are looked at together when one does not fit: so far apart, two that changed places
    /// are recognised.
    private static let windowRows = 32
    /// No log is so long: whoever writes the database must not choose numbers that overflow.
    private static let sequenceEnd: Int64 = 1 << 62

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
        self.marks =
            standing.filter { $0.sequence >= anchor.sequence }.map {
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
        guard sequence < Self.sequenceEnd else {
            faults.add(.beyondHead(sequence...sequence))
            return
        }
        if sequence > position.sequence + 1 {
            settle()
            faults.add(.removed(position.sequence + 1...sequence - 1))
            isLinked = false
        }
        checkRestore(row)
        var fits = true
        if row.form != Int64(ChainedRecord.form) {
            settle()
            faults.add(.unknownForm(sequence: sequence))
        } else if isLinked {
            fits = row.digest == row.record.digest(after: position.digest, as: sequence + shift)
        }
        if window.isEmpty { beforeWindow = position.digest }
        if !fits, firstSuspect == nil { firstSuspect = window.count }
        window.append((row: row, fits: fits))
        isLinked = true
        position = Position(sequence: sequence, digest: row.digest)
        if firstSuspect == nil {
            if faults.isEmpty { goodUntil = row.record.at }
            compareMarks(at: position)
        }
        if window.count == Self.windowRows { slide() }
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

    /// Keeps the later half of a full window, as what stood before the next suspect.
    private mutating func slide() {
        let half = Self.windowRows / 2
        guard firstSuspect == nil else {
            if let first = firstSuspect, first < half { settle() } else { forget(half) }
            return
        }
        forget(half)
    }

    private mutating func forget(_ count: Int) {
        beforeWindow = window[count - 1].row.digest
        window.removeFirst(count)
        firstSuspect = firstSuspect.map { $0 - count }
    }

    /// Says of each suspect what became of it, by trying it in the places around; then the window is
    /// empty.
    private mutating func settle() {
        defer { window.removeAll(keepingCapacity: true) }
        guard let first = firstSuspect else { return }
        firstSuspect = nil
        let before = shift
        explain(window[first...].filter { !$0.fits }.map(\.row), first)
        guard shift == before else { return }
        for (row, _) in window[first...] {
            compareMarks(at: Position(sequence: row.record.sequence, digest: row.digest))
        }
    }

    private mutating func explain(_ suspects: [Row], _ firstSuspect: Int) {
        guard !faults.isFull else {
            for row in suspects { faults.add(edited(row)) }
            return
        }
        let first = suspects[0].record.sequence
        let digests = Set([beforeWindow] + window.map(\.row.digest))
        let reach = Int64(Self.windowRows)
        let places = max(1, first + shift - reach)...max(1, first + shift + 2 * reach)
        let found = suspects.map { row in
            places.first { place in
                digests.contains { digests.contains(row.record.digest(after: $0, as: place)) }
            }
        }
        let moves = zip(suspects, found).compactMap { row, place in
            place.map { $0 - row.record.sequence }
        }
        if suspects.count > 1, suspects.count == window.count - firstSuspect,
            let move = moves.first, move != shift, moves.allSatisfy({ $0 == move }),
            found[found.count - 1] != nil
        {
            let count = move - shift
            faults.add(
                count > 0
                    ? .closedUp(count: count, before: first)
                    : .inserted(count: -count, before: first - count))
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
