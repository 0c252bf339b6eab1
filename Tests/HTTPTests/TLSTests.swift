import Foundation
import HTTP
import Testing

/// A certificate for 127.0.0.1 and its key, made by the openssl command for one test.
private struct Identity {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let made = try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=loquet", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", path("key.pem"), "-out", path("cert.pem"))
        try #require(made.code == 0)
    }

    func remove() throws { try FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    func tls() throws -> TLSIdentity {
        TLSIdentity(certificatePEM: try text("cert.pem"), keyPEM: try text("key.pem"))
    }
}

/// Runs openssl for at most ten seconds with `input` on its standard input.
@discardableResult
private func openssl(
    _ arguments: String..., input: String = ""
) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["10", "openssl"] + arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

@Suite struct `A server with a certificate` {
    private static let request = "GET /tls HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `speaks TLS 1.2 and 1.3`(version: String) throws {
        let identity = try Identity()
        let site = try Site(tls: identity.tls())
        let (code, output) = try openssl(
            "s_client", "-quiet", "-verify_quiet", version, "-verify_return_error",
            "-CAfile", identity.path("cert.pem"), "-connect", "127.0.0.1:\(site.port)",
            input: Self.request)
        #expect(code == 0)
        #expect(output.hasPrefix("HTTP/1.1 200 ") && output.hasSuffix("GET /tls "))
        try identity.remove()
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func `speaks nothing older`(version: String) throws {
        let identity = try Identity()
        let site = try Site(tls: identity.tls())
        let (code, output) = try openssl(
            "s_client", "-quiet", version, "-cipher", "DEFAULT@SECLEVEL=0",
            "-connect", "127.0.0.1:\(site.port)", input: Self.request)
        #expect(code != 0 && output.isEmpty)
        #expect(site.handled == 0)
        try identity.remove()
    }

    @Test func `cuts off a handshake that does not come to an end`() throws {
        let identity = try Identity()
        let site = try Site(HTTPLimits(wholeRequest: .milliseconds(250)), tls: identity.tls())
        let client = try site.client()
        // The head of a TLS record of 512 bytes, which then drip in.
        client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])
        #expect(try client.drip(0) < .seconds(4))
        try identity.remove()
    }

    @Test func `says which file is not what it should be`() throws {
        let identity = try Identity()
        let (certificate, key) = (try identity.text("cert.pem"), try identity.text("key.pem"))
        #expect(throws: HTTPServerError.badTLS(.certificate)) {
            try Site(tls: TLSIdentity(certificatePEM: key, keyPEM: key))
        }
        #expect(throws: HTTPServerError.badTLS(.key)) {
            try Site(tls: TLSIdentity(certificatePEM: certificate, keyPEM: certificate))
        }
        try identity.remove()
    }

    @Test func `refuses a key that belongs to another certificate`() throws {
        let (one, other) = (try Identity(), try Identity())
        #expect(throws: HTTPServerError.badTLS(.pair)) {
            try Site(
                tls: TLSIdentity(
                    certificatePEM: one.text("cert.pem"), keyPEM: other.text("key.pem")))
        }
        try one.remove()
        try other.remove()
    }
}
