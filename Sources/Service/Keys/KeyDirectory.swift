import Foundation
import Glibc
import Secrets

/// Why the keys of a data directory cannot be used. Names files and ids, never their content.
package enum KeyError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    /// Others than the owner may read it.
    case openToOthers(path: String, mode: String)
    case malformed(path: String)
    /// The database knows a key that this directory does not hold.
    case missing(KeyPurpose, KeyID)
    /// The directory holds another key under the id that the database knows.
    case different(KeyPurpose, KeyID)

    package var text: String {
        switch self {
        case .unreadable(let path, let reason): "cannot use \(path): \(reason)"
        case .openToOthers(let path, let mode):
            "\(path) has mode \(mode): expected a file that only its owner can read (0600)"
        case .malformed(let path):
            "\(path) is no key: expected 64 lower-case hexadecimal digits and a line feed"
        case .missing(let purpose, let id):
            "key \(purpose.rawValue).\(id.text) is missing from keys/: the database was written with "
                + "it; copy it from another node or from the backup of the keys"
        case .different(let purpose, let id):
            "key \(purpose.rawValue).\(id.text) in keys/ is not the key the database was written with"
        }
    }
}

/// `keys/` in the data directory: one file a key, `<purpose>.<id>.key`, mode 0600.
package struct KeyDirectory: Sendable {
    package let path: String

    package init(dataDirectory: String) {
        path = dataDirectory + "/keys"
    }

    /// Every key in the directory; none when there is no directory yet.
    func load() throws(KeyError) -> [Key] {
        guard unsafe access(path, F_OK) == 0 else { return [] }
        let names: [String]
        do throws(FileError) {
            try makePrivateDirectory(path)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .unreadable(path: path, reason: "the directory cannot be listed")
        }
        var keys: [Key] = []
        for name in names where name.hasSuffix(".key") { keys.append(try load(name)) }
        return keys
    }

    /// Writes one key, durable when this returns.
    func save(_ key: Key) throws(KeyError) {
        var text = key.secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        var digits = Array(Hexadecimal.encode(text).utf8) + [0x0A]
        defer {
            wipe(&text)
            wipe(&digits)
        }
        let file = file(of: key.purpose, key.id)
        do {
            try makePrivateDirectory(path)
            try writePrivateFile(file, digits.span)
        } catch {
            throw .unreadable(path: file, reason: error.reason)
        }
    }

    private func load(_ name: String) throws(KeyError) -> Key {
        let file = "\(path)/\(name)"
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let purpose = KeyPurpose(rawValue: String(parts[0])),
            let id = KeyID(text: String(parts[1]))
        else { throw .malformed(path: file) }

        var status = stat()
        guard unsafe lstat(file, &status) == 0 else {
            throw .unreadable(path: file, reason: systemReason())
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .openToOthers(path: file, mode: String(status.st_mode & 0o777, radix: 8))
        }
        var text: [UInt8]
        do {
            text = try readBoundedFile(file, bytesMax: 65)
        } catch {
            throw .unreadable(path: file, reason: error.reason)
        }
        defer { wipe(&text) }
        guard text.count == 65, text.last == 0x0A, var bytes = Hexadecimal.decode(text.dropLast())
        else { throw .malformed(path: file) }
        defer { wipe(&bytes) }
        return Key(id: id, purpose: purpose, secret: Secret(copying: bytes))
    }
}

/// Makes a directory that only its owner can enter; one that exists must be like that already.
package func makePrivateDirectory(_ path: String) throws(FileError) {
    if unsafe mkdir(path, 0o700) == 0 { return }
    guard errno == EEXIST else { throw FileError(reason: systemReason()) }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw FileError(reason: systemReason()) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
        throw FileError(reason: "it exists and is no directory")
    }
    guard status.st_mode & 0o077 == 0 else {
        throw FileError(
            reason: "its mode is \(String(status.st_mode & 0o777, radix: 8)): expected 700")
    }
}
