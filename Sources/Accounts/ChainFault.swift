/// What is wrong with the audit log, and where.
package enum ChainFault: Equatable, Sendable {
    /// The record does not give its digest in its place.
    case edited(sequence: Int64, id: String)
    /// The record was written for another place.
    case reordered(sequence: Int64, id: String, belongsAt: Int64)
    /// No record has these numbers.
    case removed(ClosedRange<Int64>)
    /// So many records were taken out before this one, and what follows was given new numbers.
    case closedUp(count: Int64, before: Int64)
    /// So many records were put in before this one, and what follows was given new numbers.
    case inserted(count: Int64, before: Int64)
    /// The last records are gone.
    case truncated(ClosedRange<Int64>)
    /// The head says that the log ends before these.
    case beyondHead(ClosedRange<Int64>)
    /// The head names another digest than its record has.
    case headChanged(sequence: Int64)
    /// A checkpoint was signed over another record at this place: something between the last place that
    /// agrees and here was written anew, digests and all.
    case rewritten(after: Int64, upTo: Int64)
    /// A record of before the anchor, which was pruned.
    case unpruned(sequence: Int64)
    /// Written in a form that this program does not know.
    case unknownForm(sequence: Int64)
    /// A checkpoint, anchor or restore record that no key of this deployment signed.
    case unsigned(place: String)
    /// What should be a mark is none.
    case unreadable(place: String)
    /// The restore record has no row in the log that says who restored.
    case restoreUnrecorded(after: Int64)

    package var text: String {
        switch self {
        case .edited(let sequence, let id):
            "record \(sequence) (\(id)) was edited, or record \(sequence - 1) was and its digest with it"
        case .reordered(let sequence, let id, let belongsAt):
            "record \(sequence) (\(id)) was moved: it belongs at \(belongsAt)"
        case .removed(let range): "\(Self.records(range)) removed"
        case .closedUp(let count, let before):
            "\(count) removed before record \(before), and what follows was given new numbers"
        case .inserted(let count, let before):
            "\(count) put in before record \(before), and what follows was given new numbers"
        case .truncated(let range):
            "the log was truncated: \(Self.records(range)) gone from its end"
        case .beyondHead(let range): "\(Self.records(range)) put behind the head of the log"
        case .headChanged(let sequence): "the head of the log does not name record \(sequence)"
        case .rewritten(let after, let upTo):
            "a checkpoint was signed over another record \(upTo): between \(after + 1) and \(upTo) the "
                + "log was written anew"
        case .unpruned(let sequence):
            "record \(sequence) stands before the anchor of what was pruned"
        case .unknownForm(let sequence):
            "record \(sequence) has a form that this program does not know"
        case .unsigned(let place): "\(place): no key of this deployment signed it"
        case .unreadable(let place): "\(place): no checkpoint, anchor or restore record"
        case .restoreUnrecorded(let after):
            "a restore was signed after record \(after), and the log does not say who restored"
        }
    }

    private static func records(_ range: ClosedRange<Int64>) -> String {
        range.count == 1
            ? "record \(range.lowerBound) was"
            : "records \(range.lowerBound) to \(range.upperBound) were"
    }
}

/// Faults in the order in which they were found.
package struct ChainFaults: Equatable, Sendable {
    /// Beyond these they are only counted: one is enough to know, a hundred show the pattern.
    package static let listedMax = 100

    package private(set) var listed: [ChainFault] = []
    package private(set) var count = 0

    mutating func add(_ fault: ChainFault) {
        count += 1
        if listed.count < Self.listedMax { listed.append(fault) }
    }

    package var isEmpty: Bool { count == 0 }
    var isFull: Bool { listed.count == Self.listedMax }
}
