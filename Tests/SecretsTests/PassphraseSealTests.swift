import Foundation
import Secrets
import Testing

@Suite struct `A passphrase seal` {
    private var passphrase: Secret { Secret(utf8: "a passphrase of many words") }

    private func bytes(_ secret: borrowing Secret) -> [UInt8] {
        secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 5_000])
    func `opens with its passphrase and gives what was sealed`(count: Int) throws {
        let content = [UInt8]((0..<count).map { UInt8(truncatingIfNeeded: $0) })
        let sealed = try PassphraseSeal.seal(Secret(copying: content), passphrase: passphrase)
        #expect(bytes(try PassphraseSeal.open(sealed, passphrase: passphrase)) == content)
    }

    @Test func `opens with no other passphrase`() throws {
        let sealed = try PassphraseSeal.seal(Secret(utf8: "keys"), passphrase: passphrase)
        for other in ["a passphrase of many word", "A passphrase of many words", ""] {
            #expect(throws: SecretError.notAuthentic) {
                _ = bytes(try PassphraseSeal.open(sealed, passphrase: Secret(utf8: other)))
            }
        }
    }

    @Test func `does not open once a byte of its content was changed`() throws {
        let content = Secret(copying: [UInt8](repeating: 0x41, count: 64))
        let sealed = try PassphraseSeal.seal(content, passphrase: passphrase)
        // The content and then its tag are the end of the message. Each try costs half a second.
        for index in [sealed.count - 80, sealed.count - 40, sealed.count - 1] {
            var altered = sealed
            altered[index] ^= 1
            #expect(throws: SecretError.notAuthentic, "byte \(index)") {
                _ = bytes(try PassphraseSeal.open(altered, passphrase: passphrase))
            }
        }
    }

    @Test(arguments: [[], [0x30], [UInt8](repeating: 0x30, count: 100)] as [[UInt8]])
    func `refuses what is no message`(der: [UInt8]) {
        #expect(throws: SecretError.notAuthentic) {
            _ = bytes(try PassphraseSeal.open(der, passphrase: passphrase))
        }
    }

    @Test func `opens with openssl alone`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-seal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("keys.cms")
        let sealed = try PassphraseSeal.seal(Secret(utf8: "what is inside"), passphrase: passphrase)
        try Data(sealed).write(to: file)
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "cms", "-decrypt", "-binary", "-inform", "DER", "-in", file.path, "-pwri_password",
            "a passphrase of many words",
        ]
        let output = Pipe()
        openssl.standardOutput = output
        try openssl.run()
        openssl.waitUntilExit()
        #expect(openssl.terminationStatus == 0)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        #expect(String(decoding: text, as: UTF8.self) == "what is inside")
    }
}
