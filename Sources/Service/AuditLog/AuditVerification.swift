package import Accounts
import Secrets
import Storage

/// Follows the whole audit log and holds it against what was signed about it.
///
/// What it proves depends on what is brought along. The chain alone shows accidents and careless
/// hands; signed marks in the database show whoever cannot delete them too; checkpoints that had left the
/// machine show everything that was done to the records before them.
package struct AuditVerification {
    package struct Report: Sendable {
        package let faults: ChainFaults
        /// Records that were followed.
        package let records: Int64
        /// The last one; `nil` for a log without records.
        package let head: ChainWalk.Position?
        /// Where the log begins: 0, or what was pruned last.
        package let beginsAfter: Int64
        /// Signed marks that agree.
        package let marksAgreeing: Int
        /// Checkpoints over records that a signed restore undid.
        package let marksUndone: Int
        /// Rows that a server of an older version wrote, which are not chained yet.
        package let strays: Int64
        package let goodUntil: Timestamp?

        package var isSound: Bool { faults.isEmpty }
    }

    /// Marks in one verification, over a year of one a minute.
    package static let marksMax = 600_000
    /// Rows in memory.
    private static let pageRows = 2_000

    private let node: Node
    private let publicKeys: [String: [UInt8]]
    private var claims: [AuditMark.Claim] = []
    private var markFaults: [ChainFault] = []

    package init(_ node: Node) throws(StartError) {
        self.node = node
        do {
            publicKeys = try node.auditPublicKeys()
        } catch {
            throw .refused("the audit-checkpoint keys cannot be used: \(error)")
        }
    }

    /// Takes marks from a file: one a line, or lines of a log in which some hold a mark.
    ///
    /// - Throws: when it cannot be read, or holds no mark at all.
    package mutating func take(file path: String) throws(StartError) {
        let before = claims.count + markFaults.count
        do {
            let file = try LineFile(path, lineBytesMax: 4_096)
            var number = 0
            while let line = try file.next() {
                number += 1
                let place = "\(path), line \(number)"
                guard case .bytes(let bytes) = line else {
                    note(.unreadable(place: place))
                    continue
                }
                switch MarkLine(bytes) {
                case .empty, .otherwise: continue
                case .unreadable: note(.unreadable(place: place))
                case .mark(let mark): take(mark, place)
                }
                guard claims.count <= Self.marksMax else {
                    throw StartError.refused(
                        "\(path) brings more than \(Self.marksMax) marks; give its latest part")
                }
            }
        } catch let error as FileError {
            throw .configuration("--checkpoints: cannot read \(path): \(error.reason)")
        } catch let error as StartError {
            throw error
        } catch {
            throw .refused("\(path): \(error)")
        }
        guard claims.count + markFaults.count > before else {
            throw .refused("\(path) holds no checkpoint")
        }
    }

    /// Follows the log in one snapshot.
    ///
    /// - Parameter progress: after every page, how many records are done and the head's number.
    package func run(
        progress: (Int64, Int64) -> Void = { _, _ in }
    ) throws(StartError) -> Report {
        do {
            return try node.database.read { reader throws(DatabaseError) in
                var all = self
                let anchor = try all.takeStored(reader)
                let head = try AuditStore.head(reader)
                let begin = anchor.map {
                    ChainWalk.Position(sequence: $0.sequence, digest: $0.digest)
                }
                var walk = ChainWalk(from: begin ?? .beginning, marks: all.claims)
                for fault in all.markFaults { walk.note(fault) }
                var last = Int64.min
                while true {
                    let page = try AuditStore.rows(
                        after: last, limit: Self.pageRows, reader)
                    for row in page { walk.take(row) }
                    progress(walk.count, head?.sequence ?? 0)
                    guard let end = page.last else { break }
                    last = end.record.sequence
                }
                walk.end(head: head)
                return Report(
                    faults: walk.faults, records: walk.count, head: head,
                    beginsAfter: begin?.sequence ?? 0, marksAgreeing: walk.marksAgreeing,
                    marksUndone: walk.marksUndone, strays: try AuditStore.strays(reader),
                    goodUntil: walk.goodUntil)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    /// - Returns: the latest anchor.
    private mutating func takeStored(
        _ reader: borrowing Reader
    ) throws(DatabaseError) -> AuditMark.Claim? {
        let before = claims.count
        for stored in try AuditStore.marks(reader) {
            let place = "the stored \(stored.kind) of record \(stored.sequence)"
            guard let mark = AuditMark(line: stored.line), mark.kind.rawValue == stored.kind,
                mark.sequence == stored.sequence
            else {
                note(.unreadable(place: place))
                continue
            }
            take(mark, place)
        }
        return claims[before...].filter { $0.kind == .anchor }.max { $0.sequence < $1.sequence }
    }

    private mutating func take(_ mark: AuditMark, _ place: String) {
        // Not by its URI, which an operator may change; keys are one deployment's alone.
        guard let key = publicKeys[mark.keyID], mark.isSigned(by: key) else {
            note(.unsigned(place: place))
            return
        }
        claims.append(mark.claim)
    }

    private mutating func note(_ fault: ChainFault) {
        if markFaults.count < ChainFaults.listedMax { markFaults.append(fault) }
    }
}

/// A line that may hold a mark: by itself, or as a text in a line of a JSON log.
package enum MarkLine: Equatable, Sendable {
    case empty
    /// A line of a log without a mark.
    case otherwise
    case unreadable
    case mark(AuditMark)

    package init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard !text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) else {
            self = .empty
            return
        }
        let isLog = text.utf8.first == UInt8(ascii: "{")
        guard let start = text.firstRange(of: "loquet-audit-1 ")?.lowerBound else {
            self = isLog ? .otherwise : .unreadable
            return
        }
        let rest = text[start...]
        let line = isLog ? rest.prefix { $0 != "\"" } : rest
        self = AuditMark(line: String(line)).map { .mark($0) } ?? .unreadable
    }
}
