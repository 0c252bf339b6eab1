package import Accounts
package import Secrets

/// What a backup says of itself, signed: the file `manifest` in it.
///
/// Two lines: JSON, then the id of the audit-checkpoint key that signed it and the Ed25519 signature of the
/// first line (base64url). One spelling only.
package struct BackupManifest: Equatable, Sendable {
    /// An ``EventID``.
    package let id: String
    /// Before the first page was read: whatever was committed later may be missing.
    package let madeAt: Timestamp
    /// The deployment's URI.
    package let source: String
    /// Migrations that the database has had.
    package let schemaVersion: Int
    package let databaseBytes: Int64
    package let databaseDigest: Digest
    /// Names of key files that the database was written with.
    package let keys: [String]

    package static let bytesMax = 65_536
    private static let format: Int64 = 1

    package init(
        id: String, madeAt: Timestamp, source: String, schemaVersion: Int, databaseBytes: Int64,
        databaseDigest: Digest, keys: [String]
    ) {
        self.id = id
        self.madeAt = Timestamp(milliseconds: madeAt.milliseconds)
        self.source = source
        self.schemaVersion = schemaVersion
        self.databaseBytes = databaseBytes
        self.databaseDigest = databaseDigest
        self.keys = keys
    }

    package var json: JSONValue {
        [
            "format": .integer(Self.format), "id": .string(id),
            "made_at": .string(madeAt.rfc3339(.milliseconds)), "source": .string(source),
            "schema_version": .integer(Int64(schemaVersion)),
            "database_bytes": .integer(databaseBytes),
            "database_sha256": .string(Hexadecimal.encode(databaseDigest.bytes)),
            "keys": .array(keys.map(JSONValue.string)),
        ]
    }

    /// - Parameter seed: of the audit-checkpoint key that `keyID` names.
    package func signed(keyID: KeyID, seed: borrowing Secret) throws(SecretError) -> [UInt8] {
        let line = json.bytes
        let signature = try Ed25519.sign(line, with: seed)
        return line + Array("\n\(keyID.text) \(Base64.encode(signature, .url))\n".utf8)
    }
}

/// A manifest as it was read, and who is said to have signed it.
package struct SignedManifest: Sendable {
    package let manifest: BackupManifest
    package let keyID: KeyID
    private let signature: [UInt8]

    /// - Returns: `nil` for what ``BackupManifest/signed(keyID:seed:)`` never writes.
    package init?(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard bytes.count <= BackupManifest.bytesMax, lines.count == 3, lines[2].isEmpty,
            let manifest = BackupManifest(line: Array(lines[0]))
        else { return nil }
        let words = lines[1].split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 2, let keyID = KeyID(text: String(decoding: words[0], as: UTF8.self)),
            let signature = Base64.decode(words[1], .url),
            signature.count == Ed25519.signatureBytes
        else { return nil }
        self.manifest = manifest
        self.keyID = keyID
        self.signature = signature
    }

    package func isSigned(by publicKey: [UInt8]) -> Bool {
        Ed25519.verifies(signature, of: manifest.json.bytes, by: publicKey)
    }
}

extension BackupManifest {
    fileprivate init?(line: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONReader.read(line)
        } catch {
            return nil
        }
        guard case .integer(Self.format) = value["format"], case .string(let id) = value["id"],
            case .string(let madeAt) = value["made_at"], let time = Timestamp(rfc3339: madeAt),
            case .string(let source) = value["source"],
            case .integer(let version) = value["schema_version"], version >= 0,
            case .integer(let size) = value["database_bytes"], size >= 0,
            case .string(let hex) = value["database_sha256"],
            let digest = Hexadecimal.decode(hex.utf8).flatMap(Digest.init(bytes:)),
            case .array(let elements) = value["keys"], elements.count <= 1_000
        else { return nil }
        var keys: [String] = []
        for element in elements {
            guard case .string(let name) = element, KeyName(file: name) != nil else { return nil }
            keys.append(name)
        }
        self.init(
            id: id, madeAt: time, source: source, schemaVersion: Int(clamping: version),
            databaseBytes: size, databaseDigest: digest, keys: keys)
        // What is signed is what is read: no other order, spelling or member.
        guard json.bytes == line else { return nil }
    }
}

/// The name of a key's file: `pepper.1a2b3c4d.key`.
package struct KeyName: Hashable, Sendable {
    package let purpose: KeyPurpose
    package let id: KeyID

    package init(_ purpose: KeyPurpose, _ id: KeyID) {
        self.purpose = purpose
        self.id = id
    }

    package init?(file name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2] == "key",
            let purpose = KeyPurpose(rawValue: String(parts[0])),
            let id = KeyID(text: String(parts[1]))
        else { return nil }
        self.init(purpose, id)
    }

    package var file: String { "\(purpose.rawValue).\(id.text).key" }
}
