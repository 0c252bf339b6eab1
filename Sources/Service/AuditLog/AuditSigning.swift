package import Accounts
import Incidents
package import Secrets

extension Node {
    /// Signs a word about the audit log with the current audit-checkpoint key.
    package func sign(
        _ kind: AuditMark.Kind, at position: ChainWalk.Position, at now: Timestamp
    ) throws(SecretError) -> AuditMark {
        let key = keys.current(.auditCheckpoint)
        return try AuditMark(
            kind, source: deployment.uri, sequence: position.sequence, digest: position.digest,
            at: now, keyID: key.id.text, seed: key.secret)
    }

    /// What the marks of this deployment are verified with, by the id of the key: 32 bytes each.
    package func auditPublicKeys() throws(SecretError) -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for key in keys.all(.auditCheckpoint) {
            found[key.id.text] = try Ed25519.publicKey(of: key.secret)
        }
        return found
    }
}
