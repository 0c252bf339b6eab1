import Accounts
import Service
import Storage
import Testing

@Suite struct `Pruning the audit log` {
    @Test func `removes what is over, leaves a signed anchor and a sound log`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("checkpoints")
        let service = try RunningService { $0.auditCheckpointFile = path }
        try service.checkpointed()
        service.advance(.minutes(2))
        try service.register(Person(email: "ada@example.com"))
        try service.checkpointed()
        let at = try service.number("SELECT at_us FROM audit WHERE sequence = 2")
        service.advance(.minutes(2))
        let node = try service.commandNode()
        // The first value out, and the last value in.
        #expect(try node.pruneAuditLog(before: Timestamp(microseconds: at + 1)) == 2)
        #expect(try service.number("SELECT min(sequence) FROM audit") == 3)
        #expect(try service.texts("SELECT action FROM audit") == ["audit_log.pruned"])
        #expect(try node.pruneAuditLog(before: Timestamp(microseconds: at + 1)) == 0)
        let report = try service.verified(checkpoints: path)
        #expect(report.isSound)
        #expect(report.beginsAfter == 2)
        // Without its anchor a pruned log is a truncated one.
        try service.execute("DELETE FROM audit_mark WHERE kind = 'anchor'")
        #expect(try service.verified().faults.listed.first == .removed(1...2))
    }

    @Test func `is done by the service when twelve months are over`() throws {
        let service = try RunningService()
        try service.checkpointed()
        service.advance(.days(364))
        try service.register(Person(email: "ada@example.com"))
        try service.checkpointed()
        #expect(try service.number("SELECT min(sequence) FROM audit") == 1)
        service.advance(.days(3))
        _ = try eventually {
            try service.number("SELECT min(sequence) FROM audit") == 2 ? true : nil
        }
        _ = try eventually {
            try service.number("SELECT count(*) FROM audit WHERE action = 'audit_log.pruned'") == 1
                ? true : nil
        }
        #expect(try service.verified().isSound)
    }

    @Test func `keeps the record that is not over, and all behind it`() throws {
        let service = try RunningService()
        try service.register(Person(email: "ada@example.com"))
        let node = try service.commandNode()
        let first = try service.number("SELECT at_us FROM audit WHERE sequence = 1")
        #expect(try node.pruneAuditLog(before: Timestamp(microseconds: first)) == 0)
        try service.execute("UPDATE audit SET at_us = 9000000000000000 WHERE sequence = 1")
        #expect(try node.pruneAuditLog(before: Timestamp(microseconds: first + 1)) == 0)
        #expect(try service.number("SELECT count(*) FROM audit_mark WHERE kind = 'anchor'") == 0)
    }
}

@Suite struct `The audit log over HTTP` {
    @Test func `is read page by page by an auditor, and says so`() throws {
        let service = try RunningService()
        let key = service.keys.adminKey
        try service.register(Person(email: "ada@example.com"))
        let first = try service.call("GET", "/v1/admin/audit-log?max=1", key: key)
        #expect(first.status == 200)
        #expect(first.json["next"]?.integer == 1)
        let second = try service.call("GET", "/v1/admin/audit-log?after=1", key: key)
        #expect(second.text.contains("account.registered"))
        #expect(second.text.contains("audit_log.read"))
        #expect(second.text.contains("auditor operator dpo"))
        #expect(second.json["next"] == .null)
        for query in ["after=-1", "after=x", "max=0", "max=1001", "other=1"] {
            let refused = try service.call("GET", "/v1/admin/audit-log?\(query)", key: key)
            #expect(refused.status == 400, "\(query)")
        }
        #expect(try service.verified().isSound)
    }
}
