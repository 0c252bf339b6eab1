package import Accounts
import Storage

/// Erases again, in a store that was restored, whoever was erased after the backup was made.
///
/// The journal is what `loquet retention proofs --json` prints, one erasure a line and each signed: it holds
/// nothing of anybody, so it can be kept wherever the audit log's checkpoints are kept.
package struct ErasureReplay: Sendable {
    package struct Outcome: Equatable, Sendable {
        /// Whether no journal was given.
        package let isGap: Bool
        package let replayed: Int
        /// Of which nothing was left in the backup.
        package let absent: Int
        /// The last erasure that the journal tells of; what was erased later is not known.
        package let last: Timestamp?

        package var text: String {
            guard !isGap else { return "erasures since then are not known" }
            let end = last.map { "the journal ends \($0.rfc3339())" } ?? "the journal holds none"
            return "\(replayed) erasures since then replayed, \(absent) had nothing left; \(end)"
        }
    }

    private let isGap: Bool
    private let records: [ErasureStore.Record]
    private let last: Timestamp?

    /// A line is far shorter.
    private static let lineBytesMax = 4_096
    /// Erasures since a backup. More are given in several restores of a later backup.
    private static let recordsMax = 1_000_000
    private static let batchMax = 500

    /// - Parameters:
    ///   - paths: of the journal as it left the machine; none is a gap, which is recorded.
    ///   - time: when the backup was made. What was erased before is not in it, and by now may be the
    ///     name of somebody who came back.
    /// - Throws: for the first line that is no erasure, before anything is done.
    init(_ paths: [String], since time: Timestamp) throws(StartError) {
        isGap = paths.isEmpty
        var records: [ErasureStore.Record] = []
        var last: Timestamp?
        for path in paths {
            do throws(FileError) {
                let file = try LineFile(path, lineBytesMax: Self.lineBytesMax)
                var number = 0
                while let line = try file.next() {
                    number += 1
                    guard case .bytes(let bytes) = line,
                        let record = ErasureStore.Record(line: bytes)
                    else {
                        throw FileError(
                            reason:
                                "line \(number): expected an erasure, as loquet retention proofs "
                                + "--json prints it")
                    }
                    let erasedAt = record.erasure.erasedAt
                    last = max(last ?? erasedAt, erasedAt)
                    if erasedAt >= time { records.append(record) }
                    guard records.count <= Self.recordsMax else {
                        throw FileError(reason: "more than \(Self.recordsMax) erasures")
                    }
                }
            } catch {
                throw .configuration("--erasures: \(path): \(error.reason)")
            }
        }
        self.records = records
        self.last = last
    }

    /// - Throws: when a proof is not good: a journal that was changed must not erase anybody.
    func run(on node: Node) throws(StartError) -> Outcome {
        let journal = ErasureJournal(node)
        var replayed = 0
        var done = 0
        while done < records.count {
            let batch = records[done..<min(done + Self.batchMax, records.count)]
            do throws(DatabaseError) {
                let answers = try node.database.transaction { transaction throws(DatabaseError) in
                    var answers: [ErasureJournal.Replayed] = []
                    for record in batch {
                        let answer = try journal.replay(record, transaction)
                        guard answer != .badProof else {
                            throw .refused(
                                "erasure \(record.erasure.id) of the journal is not signed by a key "
                                    + "of this deployment")
                        }
                        answers.append(answer)
                    }
                    return answers
                }
                replayed += answers.count { $0 == .erased }
            } catch {
                throw StartError(error, path: "the database")
            }
            done += batch.count
        }
        return Outcome(
            isGap: isGap, replayed: replayed, absent: records.count - replayed, last: last)
    }
}
