import Secrets
import Storage

/// Seals what only the service may read, for one purpose: new records under today's record key, older
/// ones under whichever they name.
struct RecordSeals: Sendable {
    private let current: KeyID
    private let seals: [KeyID: RecordSeal]

    init(_ keys: KeyRing, purpose: StaticString) {
        current = keys.current(.record).id
        seals = Dictionary(
            keys.all(.record).map {
                ($0.id, RecordSeal(recordKey: $0.secret, purpose: purpose))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter context: what the record belongs to; without the same one nothing opens.
    func seal(_ plaintext: [UInt8], context: [UInt8]) throws(SecretError) -> SealedBytes {
        // `init` has put today's key in.
        SealedBytes(
            keyID: current.text, bytes: try seals[current]!.seal(plaintext, context: context))
    }

    /// - Returns: `nil` for what this service did not write for this context.
    func open(_ record: SealedBytes, context: [UInt8]) -> [UInt8]? {
        guard let id = KeyID(text: record.keyID), let seal = seals[id] else { return nil }
        do {
            return try seal.open(record.bytes, context: context)
        } catch {
            return nil
        }
    }
}
