import Foundation
import Glibc
import Testing

@Suite struct `loquet backup and restore` {
    private struct Manifest: Decodable {
        let id: String
        let database_bytes: Int
        let keys: [String]
    }

    private struct Outcome: Decodable {
        let backup: String
        let erasure_gap: Bool
        let keys_valid: Int
    }

    private func phrase(_ folder: TemporaryFolder) throws -> String {
        let path = try folder.write("phrase", "seven words that nobody would guess\n")
        #expect(unsafe chmod(path, 0o600) == 0)
        return path
    }

    @Test func `carry a served store to another directory`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let server = try Server(data: folder)
        let made = try Loquet.run(
            "backup", folder.path("copy"), "--data", folder.path("data"), "--json", "--with-keys",
            "--passphrase-file", try phrase(folder))
        #expect(made.status == 0, "\(made.errors)")
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(made.output.utf8))
        #expect(folder.mode("copy") == 0o700)
        for name in ["copy/loquet.sqlite", "copy/manifest", "copy/keys.cms"] {
            #expect(folder.mode(name) == 0o600)
        }
        #expect(try server.stop() == 0)
        let restored = try Loquet.run(
            "restore", folder.path("copy"), "--data", folder.path("other"), "--json",
            "--with-keys", "--passphrase-file", folder.path("phrase"), "--reason", "a drill")
        #expect(restored.status == 0, "\(restored.errors)")
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(restored.output.utf8))
        #expect(outcome.backup == manifest.id)
        #expect(outcome.keys_valid == 2)
        #expect(restored.errors.contains("revoke again what was revoked since"))
        let again = try Server(data: folder, ["--data", folder.path("other")])
        #expect(try again.status(key: keys.app_key) == 200)
        #expect(try again.stop() == 0)
    }

    /// A limit on the size of files stands for a full disk: both fail a write half-way.
    @Test func `leave nothing behind on a full disk`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let run = { (words: String) in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "trap '' XFSZ; ulimit -f 100; exec \(words)"]
            process.environment = Loquet.environment()
            let errors = Pipe()
            process.standardError = errors
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            try Loquet.waitForEnd(of: process)
            let text = errors.fileHandleForReading.readDataToEndOfFile()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }
        let program = try Loquet.path
        let backup = try run(
            "\(program) backup \(folder.path("copy")) --data \(folder.path("data"))")
        #expect(backup.0 == 1, "\(backup.1)")
        #expect(try left(folder) == ["data"])

        let made = try Loquet.run("backup", folder.path("copy"), "--data", folder.path("data"))
        #expect(made.status == 0, "\(made.errors)")
        try FileManager.default.createDirectory(
            atPath: folder.path("other"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(
            atPath: folder.path("data/keys"), toPath: folder.path("other/keys"))
        let restore = try run(
            "\(program) restore \(folder.path("copy")) --data \(folder.path("other"))")
        #expect(restore.0 == 1, "\(restore.1)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("other"))
        #expect(names.filter { $0.hasPrefix("loquet.sqlite") } == [])
    }

    private func left(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(".")).sorted()
    }

    @Test func `take a passphrase that only its owner can read, and is long enough`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let path = try folder.write("phrase", "seven words that nobody would guess")
        #expect(unsafe chmod(path, 0o644) == 0)
        let words = ["backup", folder.path("copy"), "--data", folder.path("data"), "--with-keys"]
        let open = try Loquet.run(words + ["--passphrase-file", path])
        #expect(open.status == 2)
        #expect(open.errors.contains("only its owner can read"))
        let short = try folder.write("phrase", "fourteen chars")
        #expect(unsafe chmod(short, 0o600) == 0)
        let refused = try Loquet.run(words + ["--passphrase-file", short])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("expected at least 15 characters"))
        #expect(!folder.exists("copy"))
    }

    @Test func `are for SQLite; PostgreSQL has its own`() throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(
            "backup", folder.path("copy"), "--data", folder.path("data"),
            environment: ["LOQUET_STORAGE": "postgresql:///loquet?host=/nowhere"])
        #expect(run.status == 1)
        #expect(run.errors.contains("pg_dump"))
    }
}
