import Accounts
import Foundation
import Secrets
import Service
import Storage
import Testing

/// A schedule under which all three sealed categories keep something.
private func schedule(in folder: TemporaryFolder) throws -> String {
    var text = String(decoding: RetentionLibrary.shipped, as: UTF8.self)
    for (category, fields) in [
        ("accounting_identity", "{ display_name: \"invoices\", closed_at: \"invoices\" }"),
        ("tax_identity", "{ email: \"invoices\" }"),
    ] {
        let start = try #require(text.range(of: "category: \"\(category)\""))
        let empty = try #require(
            text.range(of: "fields: {}", range: start.upperBound..<text.endIndex))
        text.replaceSubrange(empty, with: "fields: \(fields)")
    }
    return try folder.file("retention.json5", text)
}

@Suite struct `What must be kept of a closed account` {
    @Test func `is sealed by category and opens with the openssl command`() throws {
        let folder = try TemporaryFolder()
        let path = try schedule(in: folder)
        let service = try RunningService { $0.retentionFile = path }
        let person: JSONValue = [
            "email": "Ada@example.com", "password": "Abcdef1!", "display_name": "Ada Lovelace",
        ]
        let made = try service.call("POST", "/v1/accounts", key: service.keys.appKey, person)
        let id = try #require(made.json["account"]?["id"]?.string)
        let created = service.now
        service.advance(.days(10))
        let session = try service.session()
        let closed = try service.close(session.token, reason: "misuse")
        #expect(closed.status == 200)

        let records = try service.sealedRecords()
        #expect(
            records.map(\.category) == ["accounting_identity", "civil_claims", "tax_identity"])
        let archive = try OpenedArchive(service)
        let expected: [JSONValue] = [
            [
                "display_name": "Ada Lovelace",
                "closed_at": .string(service.now.rfc3339(.microseconds)),
            ],
            [
                "email": "Ada@example.com", "display_name": "Ada Lovelace",
                "created_at": .string(created.rfc3339(.microseconds)),
                "closed_at": .string(service.now.rfc3339(.microseconds)),
                "closure_reason": "misuse",
            ],
            ["email": "Ada@example.com"],
        ]
        for (record, fields) in zip(records, expected) {
            let text = try #require(try archive.text(record.sealed))
            #expect(text["fields"] == fields)
            #expect(text["id"]?.string == record.id.text)
            #expect(text["account"]?.string == id)
            #expect(text["category"]?.string == record.category)
            #expect(text["basis"]?.string == record.basis)
            #expect(
                text["erase_after"]?.string == record.eraseAfter.rfc3339(.microseconds))
        }
    }

    @Test func `is what the answer says, also when it is asked for again`() throws {
        let service = try RunningService()
        let session = try service.member()
        let first = try service.close(session.token, headers: ["Idempotency-Key: a"])
        let again = try service.close(session.token, headers: ["Idempotency-Key: a"])
        #expect(first.status == 200 && again.status == 200)
        #expect(first.json == again.json)
        #expect(first.json["closed_at"]?.string == service.now.rfc3339())
        guard case .array(let kept)? = first.json["retention"] else {
            Issue.record("no retention")
            return
        }
        #expect(
            kept.compactMap { $0["category"]?.string } == [
                "civil_claims", "identifier_tombstone", "security_log",
            ])
        let ends = [60, 36, 12].map { service.now.adding(months: $0).rfc3339() }
        #expect(kept.compactMap { $0["erase_after"]?.string } == ends)
        #expect(kept.first?["basis"] == "art. 2224 Code civil")
        let record = try #require(try service.sealedRecords().first)
        #expect(record.eraseAfter.rfc3339() == ends[0])
        let tombstone = try service.number("SELECT erase_after_us FROM identifier")
        #expect(Timestamp(microseconds: tombstone).rfc3339() == ends[1])
    }

    @Test func `has its digest in the audit log`() throws {
        let service = try RunningService()
        try service.close(service.member().token)
        let record = try #require(try service.sealedRecords().first)
        #expect(record.digest == .sha256(of: record.sealed))
        let hex = Hexadecimal.encode(record.digest.bytes)
        #expect(
            try service.texts("SELECT object FROM audit WHERE action = 'record.sealed'")
                == ["\(record.id.text) sha256:\(hex)"])
    }

    @Test func `stands in no file of the data directory and not in the log`() throws {
        let service = try RunningService()
        let person: JSONValue = [
            "email": "Grace.Hopper@example.com", "password": "Abcdef1!",
            "display_name": "Rear Admiral Hopper", "client": ["ip": "203.0.113.7"],
        ]
        let made = try service.call("POST", "/v1/accounts", key: service.keys.appKey, person)
        #expect(made.status == 201)
        let grace = Person(email: "Grace.Hopper@example.com")
        let session = try service.session(grace)
        try service.fail(grace, times: 3)
        let hash = try #require(try service.texts("SELECT phc FROM password").first)
        let parts =
            ["Grace.Hopper", "grace.hopper", "Rear Admiral", "Hopper@", String(hash.suffix(43))]
            + [session.token, String(session.token.dropFirst(4))]
        let found = { try service.filesHolding(parts) }
        #expect(try !found().isEmpty)
        #expect(try service.close(session.token).status == 200)
        // Housekeeping scrubs within a second or so.
        #expect(try eventually { try found().isEmpty ? true : nil })
        #expect(try service.number("SELECT COUNT(*) FROM sealed_record") == 1)
    }

    @Test func `is sealed by housekeeping where an older version had left it in the clear`() throws
    {
        let service = try RunningService()
        let session = try service.member()
        try service.close(session.token)
        let closedAt = service.now.microseconds
        // As it was then.
        for statement: SQL in [
            "DELETE FROM sealed_record", "DELETE FROM archive_locator",
            "UPDATE identifier SET erase_after_us = NULL",
            """
            INSERT INTO closed_record
                (account_id, email, display_name, reason, created_at_us, closed_at_us)
            SELECT id, 'ada@example.com', 'Ada', 'unused', created_at_us, \(closedAt) FROM account
            """,
        ] { try service.execute(statement) }
        service.advance(.days(400))
        #expect(
            try eventually {
                try service.number("SELECT COUNT(*) FROM closed_record") == 0 ? true : nil
            })
        let record = try #require(try service.sealedRecords().first)
        let end = Timestamp(microseconds: closedAt)
        #expect(record.eraseAfter == end.adding(months: 60))
        #expect(
            try service.number("SELECT erase_after_us FROM identifier")
                == end.adding(months: 36).microseconds)
        #expect(try service.number("SELECT COUNT(*) FROM archive_locator") == 1)
        let text = try #require(try OpenedArchive(service).text(record.sealed))
        #expect(text["fields"]?["display_name"] == "Ada")
        #expect(text["fields"]?["closure_reason"] == "unused")
        #expect(try eventually { try service.filesHolding(["ada@"]).isEmpty ? true : nil })
    }

    @Test func `is not closed where there is nothing to seal to`() throws {
        let service = try RunningService()
        let session = try service.member()
        try service.execute("DELETE FROM archive_certificate")
        #expect(try service.close(session.token).status == 500)
        #expect(try service.isLive(session.token))
        #expect(try service.texts("SELECT state FROM account") == ["active"])
    }
}

extension RunningService {
    /// Files of the data directory, and the log, in which one of these texts stands.
    func filesHolding(_ parts: [String]) throws -> [String] {
        let files =
            try FileManager.default.subpathsOfDirectory(atPath: dataPath)
            .map { dataPath + "/" + $0 } + [logPath]
        return try files.filter { path in
            let kind = try FileManager.default.attributesOfItem(atPath: path)[.type]
            guard kind as? FileAttributeType == .typeRegular else { return false }
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            return parts.contains { content.range(of: Data($0.utf8)) != nil }
        }
    }
}
