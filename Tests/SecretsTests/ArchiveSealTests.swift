import Foundation
import Secrets
import Testing

@Suite struct `A record sealed to an archive` {
    private let text = Array("{\"email\":\"ada@example.com\"}".utf8)

    @Test(arguments: ArchiveKind.allCases)
    func `opens with its key, here and with the openssl command`(kind: ArchiveKind) throws {
        let archive = try Archive(kind)
        for plaintext in [text, [], [UInt8](repeating: 7, count: ArchiveCertificate.plaintextMax)] {
            let sealed = try archive.certificate.seal(plaintext)
            let opened = try archive.open(sealed)
            #expect(opened == plaintext)
            #expect(try archive.openWithOpenSSL(sealed) == plaintext)
        }
    }

    @Test(arguments: ArchiveKind.allCases)
    func `is what the openssl command calls AuthEnvelopedData with AES-256-GCM`(
        kind: ArchiveKind
    ) throws {
        let archive = try Archive(kind)
        let printed = try archive.printed(try archive.certificate.seal(text))
        for part in ["id-smime-ct-authEnvelopedData", "aes-256-gcm"] + kind.marks {
            #expect(printed.contains(part), "\(part)")
        }
    }

    @Test func `never looks the same twice and holds nothing of its text`() throws {
        let archive = try Archive(.generated)
        let (one, other) = (try archive.certificate.seal(text), try archive.certificate.seal(text))
        #expect(one != other)
        #expect(Data(one).range(of: Data("ada@".utf8)) == nil)
    }

    @Test func `opens with no other key`() throws {
        let sealed = try Archive(.generated).certificate.seal(text)
        let other = try Archive(.generated)
        #expect(throws: SecretError.notAuthentic) { try other.open(sealed) }
        #expect(try other.openWithOpenSSL(sealed) == nil)
    }

    /// Every byte, because a structure has bytes that no tag covers: what is then opened at all must be
    /// what was sealed.
    @Test(arguments: [ArchiveKind.generated, .rsa])
    func `opens to nothing else when a byte is changed`(kind: ArchiveKind) throws {
        let archive = try Archive(kind)
        let sealed = try archive.certificate.seal(text)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x01
            do {
                #expect(try archive.open(changed) == text, "byte \(index)")
            } catch {
                #expect(error is SecretError, "byte \(index)")
            }
        }
        var tag = sealed
        tag[sealed.count - 1] ^= 0x80
        #expect(throws: SecretError.notAuthentic) { try archive.open(tag) }
    }

    @Test func `is refused when it is cut off, continued, too long or something else`() throws {
        let archive = try Archive(.generated)
        let sealed = try archive.certificate.seal(text)
        let long = [UInt8](repeating: 0x30, count: SealedMessage.bytesMax + 1)
        for bytes in [
            [], Array(sealed.dropLast()), sealed + [0], long, [0x30, 0x80], Array(long.dropLast()),
            Array("-----BEGIN CMS-----".utf8), try archive.signed(text),
        ] {
            do {
                _ = try archive.open(bytes)
                Issue.record("\(bytes.count) bytes were taken")
            } catch SecretError.malformed {
            }
        }
    }
}

@Suite struct `An archive key` {
    @Test func `is refused when it is encrypted, long, or no key`() throws {
        let folder = try ArchiveFolder()
        let encrypted = try folder.run(
            "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes256",
            "-pass", "pass:secret")
        let certificate = Array(try Archive(.generated).certificate.pem.utf8)
        for pem in [encrypted, certificate, [], [UInt8](repeating: 0x41, count: 64 * 1_024 + 1)] {
            do {
                _ = try ArchiveKey(pem: Secret(copying: pem))
                Issue.record("\(pem.count) bytes were taken")
            } catch SecretError.unusableCertificate {
            }
        }
    }
}

/// Where an archive's pair comes from.
enum ArchiveKind: String, CaseIterable, Sendable {
    /// `loquet init` made it: P-256, no key identifier.
    case generated
    /// Made by the openssl command, with a key identifier.
    case p384
    case rsa

    fileprivate var algorithm: [String] {
        switch self {
        case .generated, .p384: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"]
        case .rsa: ["-newkey", "rsa:3072"]
        }
    }

    /// What openssl prints of how the key was wrapped.
    fileprivate var marks: [String] {
        switch self {
        case .generated: ["dhSinglePass-stdDH-sha256kdf-scheme", "issuerAndSerialNumber"]
        case .p384: ["dhSinglePass-stdDH-sha256kdf-scheme", "subjectKeyIdentifier"]
        case .rsa: ["rsaesOaep", "sha256", "subjectKeyIdentifier"]
        }
    }
}

/// A certificate and its private key, for tests and for the openssl command.
private struct Archive {
    let certificate: ArchiveCertificate
    private let folder: ArchiveFolder

    init(_ kind: ArchiveKind) throws {
        folder = try ArchiveFolder()
        if kind == .generated {
            let pair = try ArchivePair.generate()
            certificate = pair.certificate
            try folder.write(
                "key.pem", pair.privateKeyPEM.withBytes { b in b.indices.map { b[$0] } })
        } else {
            try folder.run(
                ["req", "-x509", "-nodes", "-subj", "/CN=archive", "-days", "1"] + kind.algorithm
                    + ["-keyout", folder.path("key.pem"), "-out", folder.path("cert.pem")])
            certificate = try ArchiveCertificate(
                pem: String(decoding: try folder.read("cert.pem"), as: UTF8.self))
        }
        try folder.write("cert.pem", Array(certificate.pem.utf8))
    }

    func open(_ sealed: [UInt8]) throws -> [UInt8] {
        let key = try ArchiveKey(pem: Secret(copying: try folder.read("key.pem")))
        let text = try SealedMessage(der: sealed).opened(with: key)
        return text.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    /// - Returns: `nil` when the command refuses it.
    func openWithOpenSSL(_ sealed: [UInt8]) throws -> [UInt8]? {
        try folder.write("sealed.der", sealed)
        do {
            return try folder.run(
                "cms", "-decrypt", "-binary", "-inform", "DER", "-in", folder.path("sealed.der"),
                "-inkey", folder.path("key.pem"))
        } catch is ArchiveFolder.Refused {
            return nil
        }
    }

    func printed(_ sealed: [UInt8]) throws -> String {
        try folder.write("sealed.der", sealed)
        return String(
            decoding: try folder.run(
                "cms", "-cmsout", "-print", "-inform", "DER", "-in", folder.path("sealed.der")),
            as: UTF8.self)
    }

    /// CMS too, but SignedData.
    func signed(_ text: [UInt8]) throws -> [UInt8] {
        try folder.write("text", text)
        return try folder.run(
            "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-in", folder.path("text"),
            "-signer", folder.path("cert.pem"), "-inkey", folder.path("key.pem"))
    }
}

/// A folder for keys and messages, and the openssl command.
private final class ArchiveFolder {
    struct Refused: Error {}

    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: url.appendingPathComponent(name)))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: url.appendingPathComponent(name))
    }

    @discardableResult
    func run(_ arguments: String...) throws -> [UInt8] { try run(arguments) }

    /// - Returns: what it wrote to standard output.
    @discardableResult
    func run(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        try write("out", [])
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: path("out"))
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning { usleep(2_000) }
        guard process.terminationStatus == 0 else { throw Refused() }
        return try read("out")
    }
}
