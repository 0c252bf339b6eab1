import Foundation
import Glibc
import Service
import Testing

/// Whether a real mail server can be started here: `config/setup --servers` installs one.
let mailServerIsThere = FileManager.default.fileExists(
    atPath: "/usr/lib/python3/dist-packages/aiosmtpd/smtp.py")

/// A real mail server in a process of its own, which keeps what it is sent. Ends with its owner.
final class MailServerProcess {
    let folder: TemporaryFolder
    let port: Int
    private let process = Process()
    private let hold = Pipe()

    enum Security { case none, startTLS, implicitTLS }

    static let user = "loquet"
    static let password = "Un-Secret-De-Poste"

    init(_ security: Security = .none, asksPassword: Bool = false, port: Int = 0) throws {
        folder = try TemporaryFolder()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("EndToEnd/mailserver.py").path
        var arguments = ["-W", "ignore", script, folder.path("mails"), "--port", String(port)]
        if security != .none {
            try Self.makeCertificate(in: folder)
            arguments += [
                "--certificate", folder.path("cert.pem"), "--key", folder.path("key.pem"),
            ]
        }
        if security == .implicitTLS { arguments.append("--implicit") }
        if asksPassword { arguments += ["--user", Self.user, "--password", Self.password] }
        let answers = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = arguments
        process.standardInput = hold
        process.standardOutput = answers
        process.standardError = FileHandle.nullDevice
        // No other child may keep the server alive.
        _ = fcntl(hold.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        let line = String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        self.port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    deinit { stop() }

    func stop() {
        try? hold.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Everything that was taken so far.
    func mails() throws -> [Mail] {
        guard FileManager.default.fileExists(atPath: folder.path("mails")) else { return [] }
        return try String(contentsOfFile: folder.path("mails"), encoding: .utf8)
            .split(separator: "\n").map { try Mail(try JSONReader.read(Array($0.utf8))) }
    }

    /// The mails to one address, once there are so many.
    func mails(to address: String, count: Int = 1) throws -> [Mail] {
        try eventually {
            let found = try mails().filter { $0.to == address }
            return found.count >= count ? found : nil
        }
    }

    /// The last mail to an address that carries a link.
    func token(to address: String, count: Int = 1) throws -> String {
        try eventually {
            let tokens = try mails().filter { $0.to == address }.compactMap(\.token)
            return tokens.count >= count ? tokens.last : nil
        }
    }

    private static func makeCertificate(in folder: TemporaryFolder) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder.path("key.pem"), "-out", folder.path("cert.pem"),
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}

/// One mail as the server got it.
struct Mail: Sendable {
    let from: String
    let to: String
    let hello: String
    let isEncrypted: Bool
    let user: String?
    /// As sent, lines ending in CRLF.
    let content: String

    init(_ json: JSONValue) throws {
        from = try #require(json["from"]?.string)
        to = try #require(json["to"]?.array.first?.string)
        hello = try #require(json["hello"]?.string)
        isEncrypted = json["tls"] == true
        user = json["user"]?.string
        content = try #require(json["content"]?.string)
    }

    var headers: [String] {
        content.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
    }

    /// The text, decoded.
    var text: String {
        let body = content.components(separatedBy: "\r\n\r\n").dropFirst()
            .joined(separator: "\r\n\r\n").replacingOccurrences(of: "=\r\n", with: "")
        var bytes: [UInt8] = []
        var rest = Array(body.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), rest.count >= 2,
                let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
    }

    /// What stands behind `#` in its link.
    var token: String? {
        text.split(separator: "\n").first { $0.hasPrefix("http") }
            .flatMap { $0.split(separator: "#").last }.map(String.init)
    }

    var subject: String? { headers.first { $0.hasPrefix("Subject: ") } }
}
