import Accounts
import Foundation
import Passwords
import Service
import Storage
import Testing

@Suite struct `A corpus that is changed in place` {
    private static let entry = "Xq-Breached-1"

    private func key() throws -> CorpusKey { CorpusKey(of: try Password(Self.entry)) }

    /// One of one entry, open; then somebody does `harm` to its file.
    private func opened(
        _ harm: (_ path: String, _ content: [UInt8]) throws -> Void
    ) throws -> CorpusFile {
        let folder = try TemporaryFolder()
        let list = try folder.file("list", "\(Self.entry)\n")
        _ = try CorpusBuild(.passwords, to: folder.path("corpus")).run([list])
        let corpus = try CorpusFile(folder.path("corpus"))
        #expect(corpus.contains(try key()) && corpus.isIntact)
        let url = URL(fileURLWithPath: folder.path("corpus"))
        try harm(url.path, [UInt8](try Data(contentsOf: url)))
        return corpus
    }

    private func write(_ bytes: [UInt8], over path: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: bytes)
        try file.close()
    }

    @Test(arguments: [0, 4_096, 8_191])
    func `is not asked any more once it is cut off`(count: Int) throws {
        let corpus = try opened { path, bytes in
            try write(Array(bytes.prefix(count)), over: path)
        }
        #expect(!corpus.contains(try key()))
        #expect(!corpus.isIntact)
    }

    @Test(arguments: [UInt8(0), 0x5A, 0xFF])
    func `is not asked any more once it is written over, and put back`(byte: UInt8) throws {
        let corpus = try opened { path, bytes in
            try write([UInt8](repeating: byte, count: bytes.count), over: path)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        }
        for key in [try key(), CorpusKey(bits: 0), CorpusKey(bits: .max)] {
            #expect(!corpus.contains(key))
        }
        #expect(!corpus.isIntact)
    }

    /// Whether the verdict on the one account's password names a corpus.
    private func isHeldAgainstCorpus(_ service: RunningService, _ node: Node) throws -> Bool {
        let id = try #require(AccountID(parsing: try service.texts("SELECT id FROM account")[0]))
        let record = try #require(
            try service.database.read { reader throws(DatabaseError) in
                try VerdictStore.find(id, reader)
            })
        return try #require(node.verdictSeals.open(record, of: id)).corpus != nil
    }

    @Test func `sets no password, and keeps nobody out`() throws {
        let folder = try TemporaryFolder()
        let list = try folder.file("list", "Xq-Breached-1\n")
        _ = try CorpusBuild(.passwords, to: folder.path("corpus")).run([list])
        let service = try RunningService { $0.corpusFile = folder.path("corpus") }
        try service.register()
        // Made while the corpus is whole: a command would refuse it as a start does.
        let node = try service.commandNode()
        #expect(try isHeldAgainstCorpus(service, node))
        #expect(try service.metric("loquet_corpus_intact") == 1)
        try write([], over: folder.path("corpus"))
        let refused = try service.register(Person(email: "b@example.com"))
        #expect(refused.status == 503 && refused.json["code"] == "unavailable")
        #expect(refused.header("Retry-After") == "60")
        let check = try service.call(
            "POST", "/v1/password-checks", key: service.keys.appKey, ["password": "Abcdef1!"])
        #expect(check.status == 503)
        #expect(try service.signIn().status == 201)
        #expect(try !isHeldAgainstCorpus(service, node))
        #expect(try service.metric("loquet_corpus_intact") == 0)
    }

    @Test func `ends the checking of a list`() throws {
        let corpus = try opened { path, _ in try write([], over: path) }
        let folder = try TemporaryFolder()
        let input = try FileHandle(
            forReadingFrom: URL(fileURLWithPath: try folder.file("list", "Abcdef1!\n")))
        let output = try FileHandle(
            forWritingTo: URL(fileURLWithPath: try folder.file("verdicts", "")))
        let check = PolicyCheck(
            policy: try PolicyLibrary.policy("cnil-8x4"), context: .none,
            screening: Screening(corpus: corpus), isJSONL: false)
        let error = #expect(throws: StartError.self) {
            try BulkCheck(check).run(from: input.fileDescriptor, to: output.fileDescriptor)
        }
        #expect(error?.text.contains("changed") == true)
    }
}
