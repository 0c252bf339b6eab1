package import Secrets

/// A signed word about the chain: one line of ASCII, so that it can stand in a file, in a log and in
/// a mail, and leave the machine by any of them.
///
/// ```
/// loquet-audit-1 checkpoint https://auth.example.com 184467 <64 hexadecimal digits> 2026-11-22T22:04:31.007Z 0a1b2c3d <86 characters>
/// ```
///
/// Version, kind, the deployment's URI, sequence and digest of a record, when it was signed, the id of
/// the key, and the Ed25519 signature (base64url) over everything before the last space. One spelling
/// only: what would be written differently is no mark.
package struct AuditMark: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// The log was so when it was signed.
        case checkpoint
        /// The records up to this one were pruned; the next one follows it.
        case anchor
        /// The store was restored from a backup that ends with this record. What was signed before this
        /// mark about later records was about another future.
        case restored
    }

    package let kind: Kind
    /// A URI without a space.
    package let source: String
    /// 0 for a log without records, whose digest is ``ChainedRecord/beginning``.
    package let sequence: Int64
    package let digest: Digest
    /// In whole milliseconds.
    package let at: Timestamp
    /// 8 hexadecimal digits.
    package let keyID: String
    /// 64 bytes.
    package let signature: [UInt8]

    /// What it says, without who said it.
    package struct Claim: Equatable, Sendable {
        package let kind: Kind
        package let sequence: Int64
        package let digest: Digest
        package let at: Timestamp

        package init(kind: Kind, sequence: Int64, digest: Digest, at: Timestamp) {
            self.kind = kind
            self.sequence = sequence
            self.digest = digest
            self.at = at
        }
    }

    package var claim: Claim {
        Claim(kind: kind, sequence: sequence, digest: digest, at: at)
    }

    /// Bytes of a line without its end: a URI of 255 octets fits.
    package static let lineBytesMax = 600
    private static let version = "loquet-audit-1"

    /// Signs.
    ///
    /// - Parameter seed: of the audit-checkpoint key that `keyID` names.
    package init(
        _ kind: Kind, source: String, sequence: Int64, digest: Digest, at now: Timestamp,
        keyID: String, seed: borrowing Secret
    ) throws(SecretError) {
        let text = Self.text(
            kind, source: source, sequence: sequence, digest: digest, at: now, keyID: keyID)
        self.kind = kind
        self.source = source
        self.sequence = sequence
        self.digest = digest
        at = Timestamp(milliseconds: now.milliseconds)
        self.keyID = keyID
        signature = try Ed25519.sign(Array(text.utf8), with: seed)
    }

    /// Reads a line without its end. Says nothing about the signature: see ``isSigned(by:)``.
    ///
    /// - Returns: `nil` for what ``line`` never writes.
    package init?(line: String) {
        guard line.utf8.count <= Self.lineBytesMax else { return nil }
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 8, words[0] == Self.version, let kind = Kind(rawValue: words[1]),
            !words[2].isEmpty, words[2].utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let sequence = Int64(words[3]), sequence >= 0,
            let digest = Hexadecimal.decode(words[4].utf8).flatMap(Digest.init(bytes:)),
            let at = Timestamp(rfc3339: words[5]),
            let keyID = Hexadecimal.decode(words[6].utf8), keyID.count == 4,
            let signature = Base64.decode(words[7].utf8, .url),
            signature.count == Ed25519.signatureBytes
        else { return nil }
        self.kind = kind
        source = words[2]
        self.sequence = sequence
        self.digest = digest
        self.at = at
        self.keyID = words[6]
        self.signature = signature
        // Another spelling of the number or the time.
        guard Array(self.line.utf8) == Array(line.utf8) else { return nil }
    }

    package var line: String { signedText + " " + Base64.encode(signature, .url) }

    /// - Parameter publicKey: 32 bytes.
    package func isSigned(by publicKey: [UInt8]) -> Bool {
        Ed25519.verifies(signature, of: Array(signedText.utf8), by: publicKey)
    }

    private var signedText: String {
        Self.text(
            kind, source: source, sequence: sequence, digest: digest, at: at, keyID: keyID)
    }

    private static func text(
        _ kind: Kind, source: String, sequence: Int64, digest: Digest, at now: Timestamp,
        keyID: String
    ) -> String {
        [
            version, kind.rawValue, source, String(sequence), Hexadecimal.encode(digest.bytes),
            now.rfc3339(.milliseconds), keyID,
        ].joined(separator: " ")
    }
}
