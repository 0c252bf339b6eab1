package import Accounts
package import Secrets
package import Storage

/// Seals verdicts under today's record key and opens those of older ones. An account's id is part of
/// the seal, so that nobody who writes the database can give one account another's verdict.
package struct VerdictSeals: Sendable {
    private let current: KeyID
    private let seals: [KeyID: RecordSeal]

    package init(_ keys: KeyRing) {
        current = keys.current(.record).id
        seals = Dictionary(
            keys.all(.record).map {
                ($0.id, RecordSeal(recordKey: $0.secret, purpose: "password verdict"))
            }, uniquingKeysWith: { first, _ in first })
    }

    package func seal(
        _ vector: VerdictVector, of account: AccountID
    ) throws(SecretError) -> VerdictStore.Record {
        // `init` has put today's key in.
        let sealed = try seals[current]!.seal(vector.encoded, context: account.bytes)
        return VerdictStore.Record(keyID: current.text, sealed: sealed)
    }

    /// - Returns: `nil` for what this service did not write for this account.
    package func open(_ record: VerdictStore.Record, of account: AccountID) -> VerdictVector? {
        guard let id = KeyID(text: record.keyID), let seal = seals[id] else { return nil }
        do {
            return VerdictVector(
                encoded: try seal.open(record.sealed, context: account.bytes))
        } catch {
            return nil
        }
    }
}
