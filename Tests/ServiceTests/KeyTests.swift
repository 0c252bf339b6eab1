import Accounts
import Foundation
import Service
import Storage
import Testing

@Suite struct `The keys of a service` {
    private func files(_ service: RunningService) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: service.dataPath + "/keys").sorted()
    }

    /// Stops the service, changes something, and answers what the next start is refused with.
    private func refusal(
        _ service: RunningService, _ change: () throws -> Void
    ) throws -> String {
        service.stop()
        try change()
        do {
            _ = try service.restarted()
        } catch let error as StartError {
            guard case .refused(let text) = error else { return "another kind of error" }
            return text
        }
        return "started"
    }

    @Test func `are seven files that only their owner can read`() throws {
        let service = try RunningService()
        let names = try files(service)
        #expect(
            names.map { $0.split(separator: ".")[0] } == [
                "audit-checkpoint", "identifier", "pepper", "record", "tag", "token-signing",
                "webhook-signing",
            ])
        for name in names {
            let path = service.dataPath + "/keys/" + name
            #expect(mode(path) == 0o600)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 65)
        }
        #expect(mode(service.dataPath) == 0o700)
        #expect(mode(service.dataPath + "/keys") == 0o700)
        #expect(mode(service.dataPath + "/loquet.sqlite") == 0o600)
    }

    @Test func `stand neither in the database nor in the log`() throws {
        let service = try RunningService()
        try service.member()
        let names = try files(service)
        service.stop()
        let store = try Data(contentsOf: URL(fileURLWithPath: service.dataPath + "/loquet.sqlite"))
        for name in names {
            let text = try String(
                contentsOfFile: service.dataPath + "/keys/" + name, encoding: .utf8)
            let digits = text.dropLast()
            let bytes = stride(from: 0, to: 64, by: 2).map { index in
                UInt8(digits.dropFirst(index).prefix(2), radix: 16) ?? 0
            }
            #expect(store.range(of: Data(bytes)) == nil)
            #expect(store.range(of: Data(digits.utf8)) == nil)
            #expect(!(try service.log.contains(digits)))
        }
    }

    @Test(arguments: [
        "pepper", "identifier", "tag", "record", "token-signing", "audit-checkpoint",
        "webhook-signing",
    ])
    func `are missed when one is gone`(purpose: String) throws {
        let service = try RunningService()
        let name = try #require(try files(service).first { $0.hasPrefix(purpose + ".") })
        let text = try refusal(service) {
            try FileManager.default.removeItem(atPath: service.dataPath + "/keys/" + name)
        }
        #expect(text.hasPrefix("key \(name.dropLast(4)) is missing from keys/"))
    }

    @Test func `are compared with what the database knows of them`() throws {
        let service = try RunningService()
        let name = try #require(try files(service).first { $0.hasPrefix("pepper.") })
        let text = try refusal(service) {
            try String(repeating: "a", count: 64).appending("\n").write(
                toFile: service.dataPath + "/keys/" + name, atomically: false, encoding: .utf8)
        }
        #expect(
            text == "key \(name.dropLast(4)) in keys/ is not the key the database was written with")
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o611])
    func `are refused when others may read them`(mode: Int) throws {
        let service = try RunningService()
        let name = try #require(try files(service).first)
        let path = service.dataPath + "/keys/" + name
        let text = try refusal(service) {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        #expect(
            text == "\(path) has mode \(String(mode, radix: 8)): "
                + "expected a file that only its owner can read (0600)")
    }

    @Test(arguments: [
        "", "xyz\n", String(repeating: "A", count: 64) + "\n",
        String(repeating: "a", count: 65) + "\n",
    ])
    func `are refused when they are none`(content: String) throws {
        let service = try RunningService()
        let name = try #require(try files(service).first)
        let path = service.dataPath + "/keys/" + name
        let text = try refusal(service) {
            try content.write(toFile: path, atomically: false, encoding: .utf8)
        }
        #expect(text.contains(path))
    }
}

@Suite struct `Making a deployment` {
    private let folder: TemporaryFolder
    private let directory: DataDirectory

    init() throws {
        folder = try TemporaryFolder()
        var configuration = Configuration()
        configuration.data = folder.path("data")
        directory = try DataDirectory(configuration)
        try directory.prepare()
    }

    private func initialise() throws -> FirstKeys {
        let database = try directory.openMigrating(
            log: Log(descriptor: -1, clock: systemTime), onFatal: { fatalError($0) })
        defer { database.close() }
        var shown: FirstKeys?
        try Initialisation(directory: directory, database: database, actor: "cli:0")
            .run(archiveCertificate: nil) { shown = $0 }
        return try #require(shown)
    }

    private var keyFiles: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory.path + "/keys").sorted()
        }
    }

    @Test func `is done once`() throws {
        let first = try initialise()
        let files = try keyFiles
        do {
            _ = try initialise()
            Issue.record("the second one was not refused")
        } catch let error as StartError {
            #expect(
                error.text
                    == "\(directory.path) is initialised already; nothing was changed")
        }
        #expect(try keyFiles == files)
        #expect(first.adminKey.hasPrefix("lqk_"))
        #expect(first.appKey.hasPrefix("lqa_"))
        #expect(first.archiveKey?.hasPrefix("-----BEGIN PRIVATE KEY-----") == true)
    }

    @Test func `adopts the keys that an interrupted one left`() throws {
        _ = try initialise()
        let files = try keyFiles
        // As if it had been stopped between the fourth key and the fifth, before the transaction.
        for suffix in ["", "-wal", "-shm"] {
            let path = (directory.path + "/loquet.sqlite") + suffix
            if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.removeItem(atPath: path)
            }
        }
        for name in files.suffix(2) {
            try FileManager.default.removeItem(atPath: directory.path + "/keys/" + name)
        }
        _ = try initialise()
        let after = try keyFiles
        #expect(after.count == 7)
        #expect(Array(files.prefix(5)) == Array(after.prefix(5)))
    }

    @Test func `gives the first administrator seven days and every role but one`() throws {
        _ = try initialise()
        let database = try directory.openMigrating(
            log: Log(descriptor: -1, clock: systemTime), onFatal: { fatalError($0) })
        defer { database.close() }
        let keys = APIKeys(database, actor: "cli:0")
        let first = try #require(try keys.list(.administrator).first)
        #expect(first.roles.sorted() == ["auditor", "dpo", "operator"])
        #expect(first.expiresAt == first.createdAt + .seconds(7 * 86_400))
        let application = try #require(try keys.list(.application).first)
        #expect(application.expiresAt == nil)
    }

    @Test func `refuses an archive certificate that is none`() throws {
        let database = try directory.openMigrating(
            log: Log(descriptor: -1, clock: systemTime), onFatal: { fatalError($0) })
        defer { database.close() }
        #expect(throws: StartError.self) {
            try Initialisation(directory: directory, database: database, actor: "cli:0")
                .run(archiveCertificate: "no certificate") { _ in }
        }
    }

    @Test func `makes nothing when its keys cannot be shown`() throws {
        let database = try directory.openMigrating(
            log: Log(descriptor: -1, clock: systemTime), onFatal: { fatalError($0) })
        defer { database.close() }
        let initialisation = Initialisation(
            directory: directory, database: database, actor: "cli:0")
        #expect(throws: StartError.self) {
            try initialisation.run(archiveCertificate: nil) { _ throws(StartError) in
                throw .refused("the disk is full")
            }
        }
        #expect(try !initialisation.isDone())
    }

    @Test func `refuses a directory that others can enter`() throws {
        let path = folder.path("open")
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755]
        )
        for data in [path, try folder.file("file", "")] {
            var configuration = Configuration()
            configuration.data = data
            #expect(throws: StartError.self) { try DataDirectory(configuration).prepare() }
        }
    }
}

/// The permission bits of a file.
private func mode(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.posixPermissions] as? NSNumber)?.intValue
}
