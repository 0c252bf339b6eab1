import Accounts
import Foundation
import Glibc
import Service
import Storage
import Testing
import Threads

private let phrase = "seven words that nobody would guess"

/// A backup of a service, and where it may be restored.
private struct Backups {
    let service: RunningService

    init(_ service: RunningService) { self.service = service }

    func path(_ name: String) -> String { service.folder.path(name) }

    @discardableResult
    func make(_ name: String, withKeys: Bool = false) throws -> BackupManifest {
        try Backup(service.configuration, actor: "cli:7").run(
            to: path(name), passphrase: withKeys ? Passphrase(Array(phrase.utf8)) : nil,
            onFatal: { fatalError($0) }, progress: { _ in })
    }

    @discardableResult
    func restore(
        _ name: String, to data: String, passphrase: String? = nil, journal: [String] = []
    ) throws -> Restore.Outcome {
        var configuration = service.configuration
        configuration.data = path(data)
        return try Restore(
            configuration, from: path(name), actor: "cli:7",
            log: Log(descriptor: -1, clock: systemTime)
        ).run(
            passphrase: passphrase.flatMap { Passphrase(Array($0.utf8)) },
            journal: journal, reason: "a drill", onFatal: { fatalError($0) }, progress: { _ in })
    }

    /// What a restore is refused with.
    func refusal(_ name: String, to data: String, passphrase: String? = nil) -> String {
        do {
            try restore(name, to: data, passphrase: passphrase)
        } catch let error as StartError {
            return error.text
        } catch {
            return "\(error)"
        }
        return "nothing"
    }

    func copyKeys(to data: String) throws {
        try FileManager.default.createDirectory(
            atPath: path(data), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(
            atPath: service.dataPath + "/keys", toPath: path(data) + "/keys")
    }

    func names(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(directory)).sorted()
    }

    /// Changes one byte of a file.
    func alter(_ file: String, at offset: Int) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path(file)))
        bytes[offset < 0 ? bytes.count + offset : offset] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path(file)))
    }
}

@Suite struct `A backup` {
    @Test func `made while people register holds one moment, and is served again`() throws {
        let service = try RunningService()
        let backups = Backups(service)
        let token = try service.member().token
        let isOver = Guarded(false)
        let writer = NamedThread("writer") {
            var index = 0
            while !isOver.withLock({ $0 }) {
                index += 1
                do {
                    try service.register(Person(email: "p\(index)@example.com"))
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        defer { writer.join() }
        let before = try eventually {
            let count = try service.number("SELECT COUNT(*) FROM account")
            return count > 5 ? count : nil
        }
        let manifest = try backups.make("backup")
        let after = try service.number("SELECT COUNT(*) FROM account")
        isOver.withLock { $0 = true }
        #expect(try backups.names(in: "backup") == ["loquet.sqlite", "manifest"])

        try backups.copyKeys(to: "again")
        let outcome = try backups.restore("backup", to: "again")
        #expect(outcome.manifest == manifest)
        #expect(outcome.sessionsEnded == 1)
        #expect(outcome.erasures.isGap)
        let restored = try service.restarted { $0.data = backups.path("again") }
        let there = try restored.number("SELECT COUNT(*) FROM account")
        #expect((before...after).contains(there), "\(before) \(there) \(after)")
        for table in ["profile", "password", "identifier"] {
            let count: SQL =
                switch table {
                case "profile": "SELECT COUNT(*) FROM profile"
                case "password": "SELECT COUNT(*) FROM password"
                default: "SELECT COUNT(*) FROM identifier"
                }
            #expect(try restored.number(count) == there, "\(table)")
        }
        #expect(try !restored.isLive(token))
        #expect(try restored.isLive(try restored.session().token))
        #expect(
            try restored.texts(
                "SELECT reason FROM audit WHERE action = 'store.restored'"
            ).first?.hasSuffix("; a drill") == true)
        #expect(
            try restored.texts(
                "SELECT reason FROM audit WHERE action = 'store.erasures_replayed'")
                == ["erasures since then are not known"])
        var check = try AuditVerification(restored.commandNode())
        let marks = try service.folder.file("marks", outcome.mark + "\n")
        try check.take(file: marks)
        let report = try check.run()
        #expect(report.isSound, "\(report.faults.listed.map(\.text))")
        #expect(report.marksAgreeing >= 1)
    }

    @Test func `is recorded where it was made`() throws {
        let service = try RunningService()
        let manifest = try Backups(service).make("backup")
        #expect(
            try service.texts("SELECT object FROM audit WHERE action = 'backup.made'")
                == [manifest.id])
    }

    @Test func `never takes the place of anything`() throws {
        let service = try RunningService()
        let backups = Backups(service)
        try backups.make("backup")
        #expect(throws: StartError.self) { try backups.make("backup") }
        _ = try service.folder.file("file", "x")
        #expect(throws: StartError.self) { try backups.make("file") }
        #expect(throws: StartError.self) { try backups.make("no/such/folder") }
        let names = try FileManager.default.contentsOfDirectory(atPath: service.folder.path("."))
        #expect(names.filter { $0.contains("partial") } == [])
        #expect(try String(contentsOfFile: service.folder.path("file"), encoding: .utf8) == "x")
    }

    @Test func `leaves the keys out unless asked`() throws {
        let service = try RunningService()
        let backups = Backups(service)
        try service.register()
        try backups.make("without")
        let refused = backups.refusal("without", to: "bare")
        #expect(refused.contains(".key is missing from"))
        #expect(refused.contains("--with-keys"))
        try backups.make("with", withKeys: true)
        #expect(
            backups.refusal("with", to: "wrong", passphrase: "some other words altogether")
                .hasSuffix("does not open with this passphrase, or was altered"))
        try backups.restore("with", to: "again", passphrase: phrase)
        for name in try FileManager.default.contentsOfDirectory(atPath: service.dataPath + "/keys")
        {
            #expect(
                FileManager.default.contentsEqual(
                    atPath: service.dataPath + "/keys/" + name,
                    andPath: backups.path("again/keys/" + name)), "\(name)")
        }
        let restored = try service.restarted { $0.data = backups.path("again") }
        try restored.session()
    }

    @Test(arguments: [
        ("backup/loquet.sqlite", 5_000, "is not the file that the manifest was signed for"),
        ("backup/loquet.sqlite", -1, "is not the file that the manifest was signed for"),
        ("backup/manifest", 25, "was altered after it was signed"),
        ("backup/manifest", 0, "is no manifest of a backup"),
    ])
    func `is refused once it was altered, and leaves nothing`(
        file: String, offset: Int, reason: String
    ) throws {
        let service = try RunningService()
        let backups = Backups(service)
        try backups.make("backup")
        try backups.copyKeys(to: "again")
        try backups.alter(file, at: offset)
        #expect(backups.refusal("backup", to: "again").contains(reason))
        #expect(
            try backups.names(in: "again").filter { $0.hasPrefix("loquet.sqlite") } == [])
    }

    @Test func `is restored only where there is no store`() throws {
        let service = try RunningService()
        let backups = Backups(service)
        try backups.make("backup")
        let store = try Data(contentsOf: URL(fileURLWithPath: service.dataPath + "/loquet.sqlite"))
        #expect(backups.refusal("backup", to: "data").contains("loquet.sqlite is there already"))
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: service.dataPath + "/loquet.sqlite")) == store
        )
        #expect(try service.register().status == 201)
    }

    /// A journal of one erasure of the one account, a second from now.
    private func journal(
        _ service: RunningService, account: String, forged: Bool = false
    ) throws -> String {
        let later = systemTime() + .seconds(1)
        let erase = { (due: Timestamp) in
            Erasure(
                id: "019a2054", account: AccountID(parsing: account), thing: .account,
                eraseAfter: due, erasedAt: Timestamp(milliseconds: later.milliseconds))
        }
        let good = try ErasureProofs(service.commandNode().keys).signed(erase(later))
        let record =
            forged
            ? ErasureStore.Record(
                erasure: erase(.epoch), keyID: good.keyID, proof: good.proof) : good
        return try service.folder.file(
            "journal", String(decoding: record.json.bytes, as: UTF8.self) + "\n")
    }

    @Test func `gives nobody back who was erased since it was made`() throws {
        let service = try RunningService()
        let backups = Backups(service)
        let session = try service.member()
        try service.close(session.token)
        let account = try #require(try service.texts("SELECT id FROM account").first)
        try backups.make("backup")
        let journal = try journal(service, account: account)
        try backups.copyKeys(to: "again")
        let outcome = try backups.restore("backup", to: "again", journal: [journal])
        #expect(!outcome.erasures.isGap)
        #expect(outcome.erasures.replayed == 1)
        let restored = try service.restarted { $0.data = backups.path("again") }
        #expect(try restored.texts("SELECT state FROM account") == ["erased"])
        #expect(try restored.number("SELECT COUNT(*) FROM sealed_record") == 0)
        #expect(try restored.number("SELECT COUNT(*) FROM erasure") == 1)
        #expect(try restored.signIn().status == 401)
        #expect(
            try restored.texts(
                "SELECT reason FROM audit WHERE action = 'store.erasures_replayed'"
            ).first?.hasPrefix("1 erasures since then replayed, 0 had nothing left") == true)
    }

    @Test func `is not restored with a journal that was changed`() throws {
        let service = try RunningService()
        let backups = Backups(service)
        let session = try service.member()
        try service.close(session.token)
        let account = try #require(try service.texts("SELECT id FROM account").first)
        try backups.make("backup")
        for (number, path) in [
            try journal(service, account: account, forged: true),
            try service.folder.file("nonsense", "{}\n"),
        ].enumerated() {
            try backups.copyKeys(to: "again\(number)")
            #expect(throws: StartError.self) {
                try backups.restore("backup", to: "again\(number)", journal: [path])
            }
            #expect(
                try backups.names(in: "again\(number)").filter { $0.hasPrefix("loquet.sqlite") }
                    == [])
        }
    }

    @Test(arguments: [14, 15, 1_024, 1_025])
    func `takes a passphrase of 15 characters to 1024 bytes`(count: Int) {
        let words = Array(String(repeating: "x", count: count).utf8)
        #expect((Passphrase(words) != nil) == (15...1_024).contains(count))
    }
}
