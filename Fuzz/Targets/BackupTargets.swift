import Secrets
import Service

/// A manifest that is read says the same again, and nothing else says it.
func backupManifest(_ bytes: [UInt8]) {
    guard let signed = SignedManifest(bytes) else { return }
    precondition(bytes.starts(with: signed.manifest.json.bytes), "another spelling was read")
    // Nobody has signed it.
    precondition(!signed.isSigned(by: [UInt8](repeating: 7, count: 32)), "a signature from nowhere")
}

/// Keys that are read are named once each.
func keyBundle(_ bytes: [UInt8]) {
    guard let keys = KeyBundle.keys(in: Secret(copying: bytes)) else { return }
    let names = keys.map { KeyName($0.purpose, $0.id).file }
    precondition(Set(names).count == names.count, "a key twice")
    precondition(keys.allSatisfy { $0.secret.count == 32 }, "a key of another size")
}
