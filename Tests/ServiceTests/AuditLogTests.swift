import Accounts
import Foundation
import Service
import Storage
import Testing

extension RunningService {
    /// The log as `loquet log verify` sees it.
    func verified(checkpoints: String? = nil) throws -> AuditVerification.Report {
        let node = try commandNode()
        var verification = try AuditVerification(node)
        if let checkpoints { try verification.take(file: checkpoints) }
        let report = try verification.run()
        try node.conclude(report, by: "cli:7")
        return report
    }

    /// Waits until a checkpoint covers the head.
    func checkpointed() throws {
        _ = try eventually {
            let (head, signed) = (
                try number("SELECT sequence FROM audit_head"),
                try number("SELECT coalesce(max(sequence), 0) FROM audit_mark")
            )
            return head == signed ? true : nil
        }
    }
}

@Suite struct `The audit log of a service` {
    @Test func `is sound, signed, and says who did what`() throws {
        let service = try RunningService()
        try service.register(Person(email: "ada@example.com"))
        try service.checkpointed()
        let report = try service.verified()
        #expect(report.isSound)
        #expect(report.marksAgreeing >= 1)
        #expect(report.strays == 0)
        let actions = try service.texts("SELECT action FROM audit ORDER BY sequence")
        #expect(
            actions == ["deployment.initialised", "account.registered", "audit_log.verified"])
        #expect(try service.log.contains("\"mark\":\"loquet-audit-1 checkpoint "))
    }

    @Test func `raises the alarm once for one tampering, and opens one incident`() throws {
        let service = try RunningService()
        try service.register(Person(email: "ada@example.com"))
        try service.checkpointed()
        try service.execute("UPDATE audit SET actor = 'cli:9' WHERE action = 'account.registered'")
        for _ in 0..<2 {
            let report = try service.verified()
            #expect(!report.isSound)
            #expect(report.faults.listed.count == 1)
        }
        let bodies = try service.texts(
            """
            SELECT CAST(body AS TEXT) FROM event
            WHERE type = 'loquet.breach.audit_tampering.v1'
            """)
        #expect(bodies.count == 2)
        #expect(bodies.allSatisfy { $0.contains("\"severitynumber\":21") })
        #expect(bodies.allSatisfy { $0.contains("\"aware_at\":\"") })
        #expect(try service.number("SELECT count(*) FROM incident") == 1)
    }

    @Test func `is held against a checkpoint file that left the machine`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("checkpoints")
        let service = try RunningService { $0.auditCheckpointFile = path }
        try service.register(Person(email: "ada@example.com"))
        try service.checkpointed()
        #expect(try service.verified(checkpoints: path).isSound)
        // Whoever owns the database takes the end away, the marks in it too.
        let first = try service.texts("SELECT id FROM audit WHERE sequence = 1")
        service.stop()
        let stopped = try service.restarted { $0.auditCheckpointFile = nil }
        try stopped.execute("DELETE FROM audit WHERE sequence > 1")
        try stopped.execute("DELETE FROM audit_mark")
        try stopped.execute(
            """
            UPDATE audit_head SET sequence = 1,
                digest = (SELECT digest FROM audit WHERE sequence = 1)
            """)
        #expect(first.count == 1)
        let node = try stopped.commandNode()
        #expect(try AuditVerification(node).run().isSound)
        var verification = try AuditVerification(node)
        try verification.take(file: path)
        guard case .truncated(let range) = try verification.run().faults.listed.first else {
            Issue.record("it was not found")
            return
        }
        #expect(range.lowerBound == 2)
    }

    @Test func `refuses a checkpoint that was replaced`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("checkpoints")
        let service = try RunningService { $0.auditCheckpointFile = path }
        try service.checkpointed()
        let line = try String(contentsOfFile: path, encoding: .utf8)
        let zeros = String(repeating: "0", count: 64)
        let words = line.split(separator: " ").map(String.init)
        let forged = try folder.file("forged", line.replacing(words[4], with: zeros))
        #expect(
            try service.verified(checkpoints: forged).faults.listed
                == [.unsigned(place: "\(forged), line 1")])
        let damaged = try folder.file("damaged", "not a mark\n" + line)
        #expect(
            try service.verified(checkpoints: damaged).faults.listed
                == [.unreadable(place: "\(damaged), line 1")])
        try service.execute(
            "UPDATE audit_mark SET line = \(line.replacing(words[4], with: zeros))")
        let stored = try service.verified().faults.listed
        #expect(!stored.isEmpty)
        let empty = try folder.file("empty", "\n")
        #expect(throws: StartError.self) { try service.verified(checkpoints: empty) }
        #expect(throws: StartError.self) {
            try service.verified(checkpoints: folder.path("none"))
        }
    }

    @Test func `finds marks in the lines of the service log`() throws {
        let service = try RunningService()
        try service.checkpointed()
        let report = try service.verified(checkpoints: service.logPath)
        #expect(report.isSound)
        #expect(report.marksAgreeing == 2)
    }

    @Test func `takes in what an older version wrote`() throws {
        let service = try RunningService()
        try service.execute(
            """
            INSERT INTO audit (id, at_us, actor, action, object)
            VALUES ('0', 5, 'cli:0', 'app_key.added', 'app_1')
            """)
        _ = try eventually {
            try service.number("SELECT count(*) FROM audit WHERE sequence IS NULL") == 0
                ? true : nil
        }
        let adopted = try eventually {
            try service.texts("SELECT object FROM audit WHERE action = 'audit_log.adopted'").first
        }
        #expect(adopted == "1 records")
        #expect(try service.verified().isSound)
    }

    @Test func `is watched while the service runs`() throws {
        let service = try RunningService()
        try service.checkpointed()
        let head = try service.number("SELECT sequence FROM audit_head")
        #expect(try service.metric("loquet_audit_head_sequence") == Int(head))
        #expect(try service.metric("loquet_audit_checkpoint_sequence") == Int(head))
        try service.register(Person(email: "ada@example.com"))
        try service.execute("UPDATE audit SET object = 'x' WHERE sequence > \(head)")
        service.advance(.minutes(1))
        let found = try eventually {
            try service.texts(
                "SELECT id FROM event WHERE type = 'loquet.breach.audit_tampering.v1'"
            ).first
        }
        #expect(!found.isEmpty)
        #expect(
            try service.number("SELECT max(sequence) FROM audit_mark") == head,
            "nothing is signed over it")
    }

    @Test func `holds nothing of a person, so erasing one leaves it sound`() throws {
        let service = try RunningService()
        let person = Person(email: "ada@example.com")
        try service.register(person)
        let token = try service.session(person).token
        let closed = try service.call(
            "POST", "/v1/account/closure", key: token,
            ["password": .string(person.password), "reason": "owner_request"])
        #expect(closed.status == 200)
        let texts = try service.texts(
            "SELECT id || actor || role || action || object || reason FROM audit")
        #expect(texts.count == 4)
        #expect(texts.allSatisfy { !$0.lowercased().contains("example") && !$0.contains("@") })
        try service.execute("DELETE FROM sealed_record")
        #expect(try service.verified().isSound)
    }
}
