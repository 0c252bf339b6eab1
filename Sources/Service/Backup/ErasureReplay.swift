import Accounts

/// Erases again, in a store that was restored, whoever was erased after the backup was made.
package struct ErasureReplay: Sendable {
    package struct Outcome: Equatable, Sendable {
        /// Whether a journal was there that reaches beyond the backup.
        package let isGap: Bool
        package let replayed: Int

        package var text: String {
            isGap
                ? "erasures since then are not known"
                : "\(replayed) erasures since then replayed"
        }
    }

    /// - Parameters:
    ///   - paths: of the journal as it left the machine; none is a gap, which is recorded.
    ///   - time: when the backup was made.
    init(_ paths: [String], since time: Timestamp) throws(StartError) {
        guard paths.isEmpty else {
            throw .refused("an erasure journal cannot be read by this version")
        }
    }

    func run(on node: Node) throws(StartError) -> Outcome {
        Outcome(isGap: true, replayed: 0)
    }
}
