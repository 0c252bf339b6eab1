import Accounts
import Foundation
import Secrets
import Service
import Storage
import Testing

extension RunningService {
    /// The node of a command beside this service.
    fileprivate func archiveNode() throws -> Node {
        let log = Log(descriptor: 2, clock: systemTime)
        return try NodeStart(configuration, log: log).commandNode(on: database)
    }

    fileprivate func opening() throws -> ArchiveOpening {
        try ArchiveOpening(keyPEM: Secret(utf8: try #require(keys.archiveKey)))
    }

    /// A key that holds the role.
    fileprivate func archivist(_ roles: [Role] = [.archivist]) throws -> String {
        var made = ""
        try APIKeys(database, actor: "cli:0").add(
            administrator: "archivist", roles: roles, lifetime: .days(365)
        ) { _, key in made = key }
        return made
    }

    fileprivate func export(_ body: JSONValue, key: String) throws -> Answer {
        try call("POST", "/v1/admin/archive/exports", key: key, body)
    }
}

@Suite struct `An export of the archive` {
    @Test func `is for archivists who give reason and ticket, and is recorded`() throws {
        let service = try RunningService()
        try service.close(service.member().token)
        let key = try service.archivist()
        for body: JSONValue in [
            ["reason": "a claim"], ["ticket": "T-1"], ["reason": " ", "ticket": "T-1"],
            ["reason": "a claim", "ticket": "T\n1"],
        ] {
            #expect(try service.export(body, key: key).code == "reason_required")
        }
        let others = try service.archivist([.auditor, .operator, .dpo])
        let grounds: JSONValue = ["reason": "a claim", "ticket": "T-1"]
        #expect(try service.export(grounds, key: others).status == 403)
        #expect(try service.export(grounds, key: service.keys.adminKey).status == 403)
        let acts: SQL = "SELECT reason FROM audit WHERE action = 'archive.exported'"
        #expect(try service.texts(acts).isEmpty)

        let answer = try service.export(grounds, key: key)
        #expect(answer.status == 200)
        #expect(answer.json["next"] == .null)
        guard case .array(let records)? = answer.json["records"] else {
            Issue.record("no records")
            return
        }
        #expect(records.count == 1)
        #expect(records.first?["audit"] == "same")
        #expect(!answer.text.contains("ada@"))
        #expect(try service.texts(acts) == ["T-1: a claim"])
    }

    @Test func `opens elsewhere with the key, line by line`() throws {
        let service = try RunningService()
        try service.close(service.member().token, reason: "misuse")
        let exported = try #require(
            try ArchiveExport(service.archiveNode(), .all).page(after: nil).first)
        let text = try service.opening().open(line: exported.value.bytes)
        #expect(text["fields"]?["email"] == "ada@example.com")
        #expect(text["fields"]?["closure_reason"] == "misuse")
        let other = try RunningService().opening()
        do {
            _ = try other.open(line: exported.value.bytes)
            Issue.record("it opened with another key")
        } catch {
            #expect(error.text == "cms: it was sealed to another key, or altered")
        }
    }

    @Test func `tells a record that was put in another's place`() throws {
        let service = try RunningService()
        for name in ["ada", "grace"] {
            try service.close(service.member(Person(email: "\(name)@example.com")).token)
        }
        let records = try service.sealedRecords()
        let (victim, donor) = (records[0], records[1])
        try service.execute(
            """
            UPDATE sealed_record SET sealed = \(donor.sealed), digest = \(donor.digest)
            WHERE id = \(victim.id)
            """)
        let page = try ArchiveExport(service.archiveNode(), .account(victim.account))
            .page(after: nil)
        #expect(page.map(\.standing) == [.foreign])
        do {
            _ = try service.opening().open(line: try #require(page.first).value.bytes)
            Issue.record("it opened as what it is not")
        } catch let error as ArchiveOpening.Failure {
            #expect(error.text.hasPrefix("record: the sealed record says otherwise"))
        }
    }

    @Test func `is narrowed to an account or a sealed category`() throws {
        #expect(ArchiveExport.Scope(parsing: "civil_claims") == .category(.civilClaims))
        #expect(ArchiveExport.Scope(parsing: "security_log") == nil)
        #expect(ArchiveExport.Scope(parsing: "acc_x") == nil)
        let service = try RunningService()
        try service.close(service.member().token)
        let node = try service.archiveNode()
        #expect(try ArchiveExport(node, .category(.taxIdentity)).page(after: nil).isEmpty)
        #expect(try ArchiveExport(node, .category(.civilClaims)).page(after: nil).count == 1)
        #expect(
            try ArchiveExport(node, .account(AccountID(bytes: [UInt8](repeating: 1, count: 16))))
                .page(after: nil).isEmpty)
    }
}

@Suite struct `Possession of the archive's key` {
    private func doctor(_ service: RunningService) -> Doctor.Finding? {
        Doctor(service.configuration, service.database, at: systemTime()).findings()
            .first { $0.check == "archive" }
    }

    @Test func `is proven once by who opens the challenge, and doctor says so`() throws {
        let service = try RunningService()
        let challenge = ArchiveChallenge(try service.archiveNode(), actor: "cli:0")
        #expect(doctor(service)?.verdict == .warning)
        #expect(try !challenge.accept("anything"))
        let first = try challenge.ask()
        let second = try challenge.ask()
        let old = try #require(try service.opening().open(line: first.bytes)["answer"]?.string)
        let answer = try #require(try service.opening().open(line: second.bytes)["answer"]?.string)
        #expect(try !challenge.accept(old), "a newer challenge replaced it")
        #expect(try challenge.accept(answer))
        #expect(try !challenge.accept(answer))
        #expect(doctor(service)?.verdict == .ok)
        #expect(
            try service.number(
                "SELECT COUNT(*) FROM audit WHERE action = 'archive.possession_proven'") == 1)
    }

    @Test func `is not proven by an answer that comes too late`() throws {
        let service = try RunningService()
        let challenge = ArchiveChallenge(try service.archiveNode(), actor: "cli:0")
        let asked = try challenge.ask()
        let answer = try #require(try service.opening().open(line: asked.bytes)["answer"]?.string)
        try service.execute("UPDATE archive_challenge SET expires_at_us = 1")
        #expect(try !challenge.accept(answer))
        #expect(doctor(service)?.verdict == .warning)
    }
}
