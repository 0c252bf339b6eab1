package import Secrets

/// All keys of a deployment as one secret text: a line each, the name of its file, a space and 64
/// hexadecimal digits, so that somebody who opened it with other tools can write the files by hand.
package enum KeyBundle {
    /// A deployment has about ten.
    private static let countMax = 1_000

    static func text(of keys: [Key]) -> Secret {
        var bytes: [UInt8] = []
        for key in keys.sorted(by: { $0.id.text < $1.id.text }) {
            bytes += KeyName(key.purpose, key.id).file.utf8
            bytes.append(0x20)
            key.secret.withBytes { secret in
                var digits = Array(
                    Hexadecimal.encode(secret.indices.map { secret[$0] }).utf8)
                bytes += digits
                wipe(&digits)
            }
            bytes.append(0x0A)
        }
        defer { wipe(&bytes) }
        return Secret(copying: bytes)
    }

    /// - Returns: `nil` for what ``text(of:)`` never writes.
    package static func keys(in text: borrowing Secret) -> [Key]? {
        var bytes = text.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        defer { wipe(&bytes) }
        var keys: [Key] = []
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        // Every line ends with one, so nothing stands behind the last.
        guard lines.popLast()?.isEmpty == true, lines.count <= countMax else { return nil }
        for line in lines {
            let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
            guard words.count == 2,
                let name = KeyName(file: String(decoding: words[0], as: UTF8.self)),
                words[1].count == 64, var secret = Hexadecimal.decode(words[1])
            else { return nil }
            defer { wipe(&secret) }
            guard !keys.contains(where: { $0.purpose == name.purpose && $0.id == name.id }) else {
                return nil
            }
            keys.append(Key(id: name.id, purpose: name.purpose, secret: Secret(copying: secret)))
        }
        return keys
    }
}

/// What opens the keys in a backup: at least 15 characters, because whoever has the file can guess as
/// long as they like (NIST SP 800-63B-4 §3.1.1.2 asks as much of a password alone).
package final class Passphrase: Sendable {
    package let secret: Secret

    package static let charactersMin = 15
    private static let bytesMax = 1_024

    /// - Returns: `nil` for one that is too short, too long, or no UTF-8.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax, let text = String(validating: bytes, as: UTF8.self),
            text.count >= Self.charactersMin, !bytes.contains(0)
        else { return nil }
        secret = Secret(copying: bytes)
    }
}
