import Accounts
import Secrets
import Testing

@Suite struct `A signed mark` {
    private func mark(_ kind: AuditMark.Kind = .checkpoint) throws -> AuditMark {
        let seed = Secret(copying: [UInt8](repeating: 7, count: 32))
        return try AuditMark(
            kind, source: "https://auth.example.com", sequence: 184_467,
            digest: .sha256(of: [1]), at: Timestamp(microseconds: 1_795_385_071_007_999),
            keyID: "0a1b2c3d", seed: seed)
    }

    private var publicKey: [UInt8] {
        get throws { try Ed25519.publicKey(of: Secret(copying: [UInt8](repeating: 7, count: 32))) }
    }

    @Test(arguments: AuditMark.Kind.allCases)
    func `is read as it was written, and verifies`(kind: AuditMark.Kind) throws {
        let mark = try mark(kind)
        #expect(AuditMark(line: mark.line) == mark)
        #expect(mark.isSigned(by: try publicKey))
        #expect(!mark.isSigned(by: [UInt8](repeating: 1, count: 32)))
    }

    @Test func `is one line that can be read aloud`() throws {
        #expect(
            try mark().line.hasPrefix(
                "loquet-audit-1 checkpoint https://auth.example.com 184467 "
                    + "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a "
                    + "2026-11-22T22:04:31.007Z 0a1b2c3d "))
    }

    @Test func `does not verify once anything in it was changed`() throws {
        let line = try mark().line
        for (index, character) in line.enumerated() where character != " " {
            var changed = Array(line)
            changed[index] = character == "1" ? "2" : "1"
            guard let read = AuditMark(line: String(changed)) else { continue }
            #expect(!read.isSigned(by: try publicKey), "\(index)")
        }
    }

    @Test func `has one spelling`() throws {
        let line = try mark().line
        for other in [
            line + " ", " " + line, line + "\n", line.replacing(" 184467 ", with: " +184467 "),
            line.replacing(" 184467 ", with: " 0184467 "), line.replacing(".007Z", with: ".0070Z"),
            line.replacing("Z", with: "+00:00"),
            line.replacing("loquet-audit-1", with: "loquet-audit-2"),
            line.replacing("checkpoint", with: "Checkpoint"), line.replacing(" ", with: "  "),
            String(line.dropLast()), "", line.replacing(" 184467 ", with: " -1 "),
        ] {
            #expect(AuditMark(line: other) == nil, "\(other)")
        }
    }
}

@Suite struct `A chained record` {
    private func record(
        _ sequence: Int64 = 1, id: String = "", actor: String = "", reason: String = ""
    ) -> ChainedRecord {
        ChainedRecord(
            sequence: sequence, id: id, at: .epoch, actor: actor, role: "", action: "", object: "",
            reason: reason)
    }

    @Test func `has the form that its comment says`() {
        let form = ChainedRecord(
            sequence: 0x0102, id: "é", at: Timestamp(microseconds: -1), actor: "a", role: "r",
            action: "x", object: "", reason: "y"
        ).canonicalForm(after: .sha256(of: []))
        #expect(form.count == 49 + 6 * 4 + 6)
        #expect(form[0] == 1)
        #expect(Array(form[1..<9]) == [0, 0, 0, 0, 0, 0, 1, 2])
        #expect(Array(form[9..<41]) == Digest.sha256(of: []).bytes)
        #expect(Array(form[41..<49]) == [UInt8](repeating: 255, count: 8))
        #expect(Array(form[49..<55]) == [0, 0, 0, 2, 0xC3, 0xA9])
        #expect(Array(form.suffix(5)) == [0, 0, 0, 1, 0x79])
    }

    @Test func `differs by where a text ends`() {
        #expect(
            record(id: "ab", actor: "c").digest(after: .zero)
                != record(id: "a", actor: "bc").digest(after: .zero))
        #expect(record(1).digest(after: .zero) != record(2).digest(after: .zero))
        #expect(record().digest(after: .zero) != record().digest(after: .sha256(of: [])))
    }

    /// Computed once with another program: SHA-256 over 73 bytes.
    @Test func `has a known digest when empty`() {
        #expect(
            Hexadecimal.encode(record().digest(after: .zero).bytes)
                == "ba440565b58794095a0e79e52f7276db4b76b2340e1a7ee9fd9e071dda0b38d7")
    }
}
