package import Accounts
package import Secrets
package import Storage

/// Signs erasures, and tells whether a proof is good. The key is that of the audit log's checkpoints:
/// what leaves this machine is verified with one public key. The two kinds of messages begin with
/// different lines, so a signature of one is none of the other.
package struct ErasureProofs: Sendable {
    private let keys: KeyRing

    package init(_ keys: KeyRing) {
        self.keys = keys
    }

    package func signed(_ erasure: Erasure) throws(SecretError) -> ErasureStore.Record {
        let key = keys.current(.auditCheckpoint)
        return ErasureStore.Record(
            erasure: erasure, keyID: key.id.text,
            proof: try Ed25519.sign(erasure.message, with: key.secret))
    }

    /// - Returns: `false` also where the key is none of this ring's.
    package func isGood(_ record: ErasureStore.Record) throws(SecretError) -> Bool {
        guard let id = KeyID(text: record.keyID), let key = keys.key(.auditCheckpoint, id) else {
            return false
        }
        return Ed25519.verifies(
            record.proof, of: record.erasure.message, by: try Ed25519.publicKey(of: key.secret))
    }
}
