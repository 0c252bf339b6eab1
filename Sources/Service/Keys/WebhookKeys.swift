package import Accounts
package import Secrets
package import Storage

/// The keys that sign what is posted to a webhook: one, or two while receivers change over.
package struct WebhookKeys: Sendable {
    private let keys: [Key]

    /// Signatures of one request.
    package static let countMax = 2

    /// - Parameter records: what the database knows of keys.
    /// - Throws: when one of them is missing here or is another one.
    package init(
        _ directory: KeyDirectory, records: [KeyStore.Record]
    ) throws(KeyError) {
        let wanted = records.filter { $0.purpose == KeyPurpose.webhookSigning.rawValue }
        let held = try directory.load()
        var keys: [Key] = []
        for record in wanted {
            guard let id = KeyID(text: record.id) else { throw .malformed(path: directory.path) }
            guard let key = held.first(where: { $0.purpose == .webhookSigning && $0.id == id })
            else { throw .missing(.webhookSigning, id) }
            let isSame = constantTimeEquals(
                key.checkValue.bytes.span, record.checkValue.bytes.span)
            guard isSame else { throw .different(.webhookSigning, id) }
            // The current one's signature comes first: some receivers look at no other.
            keys.insert(key, at: record.isCurrent ? 0 : keys.count)
        }
        self.keys = keys
    }

    package var isEmpty: Bool { keys.isEmpty }

    /// As Standard Webhooks writes it: `whpk_` and the 32 bytes in padded Base64.
    package func publicKeys() throws(SecretError) -> [(id: String, text: String)] {
        var found: [(id: String, text: String)] = []
        for key in keys {
            let bytes = try Ed25519.publicKey(of: key.secret)
            found.append((id: key.id.text, text: "whpk_" + padded(bytes)))
        }
        return found
    }

    /// The headers of Standard Webhooks: `webhook-signature` holds `v1a,` and a signature over
    /// `id.timestamp.body` for each key, separated by spaces.
    ///
    /// - Parameters:
    ///   - id: the same each time a message is sent; a receiver drops repeats by it.
    ///   - now: when it is sent; a receiver refuses what is old.
    package func headers(
        id: String, at now: Timestamp, body: [UInt8]
    ) throws(SecretError) -> [String] {
        let message = Array("\(id).\(now.seconds).".utf8) + body
        var signatures: [String] = []
        for key in keys {
            signatures.append("v1a," + padded(try Ed25519.sign(message, with: key.secret)))
        }
        return [
            "webhook-id: \(id)", "webhook-timestamp: \(now.seconds)",
            "webhook-signature: \(signatures.joined(separator: " "))",
        ]
    }
}

/// RFC 4648 §4 with the padding that most readers insist on.
private func padded(_ bytes: [UInt8]) -> String {
    let text = Base64.encode(bytes, .standard)
    return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
}
