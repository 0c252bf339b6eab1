import Accounts
import Foundation
import Service
import Storage
import Testing

/// The archive's private key of a service, and the openssl command that opens records with it.
struct OpenedArchive {
    private let folder: TemporaryFolder
    let keyPath: String

    init(_ service: RunningService) throws {
        folder = try TemporaryFolder()
        keyPath = try folder.file("key.pem", try #require(service.keys.archiveKey))
    }

    /// What is inside, by `openssl cms -decrypt`; `nil` when the command refuses it.
    func text(_ sealed: [UInt8]) throws -> JSONValue? {
        try Data(sealed).write(to: URL(fileURLWithPath: folder.path("sealed")))
        let output = try folder.file("out", "")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "cms", "-decrypt", "-binary", "-inform", "DER", "-in", folder.path("sealed"), "-inkey",
            keyPath,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning { usleep(2_000) }
        guard process.terminationStatus == 0 else { return nil }
        return try JSONReader.read([UInt8](try Data(contentsOf: URL(fileURLWithPath: output))))
    }
}

extension RunningService {
    /// Every sealed record, in the order of categories.
    func sealedRecords() throws -> [SealedRecordStore.Record] {
        try database.read { reader throws(DatabaseError) in
            try SealedRecordStore.page(after: nil, limit: 1_000, reader)
        }.sorted { ($0.category, $0.id.text) < ($1.category, $1.id.text) }
    }
}
