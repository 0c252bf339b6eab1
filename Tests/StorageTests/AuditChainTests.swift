import Accounts
import Secrets
import Storage
import Testing

@Suite struct `The chain of the audit log` {
    /// Ten records, and signed marks over the fifth and the last one.
    private func withLog(
        _ test: TestDatabase, _ body: (Store, [AuditMark.Claim]) throws -> Void
    ) throws {
        try Store.with(test) { store in
            for number in 1...10 { try append(number, to: store) }
            let rows = try rows(store)
            try body(store, [rows[4], rows[9]].map { claim(.checkpoint, $0) })
        }
    }

    private func append(_ number: Int, to store: Store, action: String = "a.b") throws {
        try store.write { transaction throws(DatabaseError) in
            try AuditStore.append(
                .init(
                    id: "r\(number)", at: .second(Int64(number)), actor: "cli:0",
                    action: action, object: "o\(number)", reason: "wëlche \(number)"),
                transaction)
        }
    }

    private func rows(_ store: Store) throws -> [ChainWalk.Row] {
        try store.read { reader throws(DatabaseError) in
            try AuditStore.rows(after: .min, limit: 1_000, reader)
        }
    }

    private func claim(
        _ kind: AuditMark.Kind, _ row: ChainWalk.Row, at second: Int64 = 100
    ) -> AuditMark.Claim {
        .init(
            kind: kind, sequence: row.record.sequence, digest: row.digest, at: .second(second))
    }

    private func walk(
        _ store: Store, _ marks: [AuditMark.Claim], from anchor: ChainWalk.Position = .beginning
    ) throws -> ChainWalk {
        try store.read { reader throws(DatabaseError) in
            var walk = ChainWalk(from: anchor, marks: marks)
            for row in try AuditStore.rows(after: .min, limit: 1_000, reader) { walk.take(row) }
            walk.end(head: try AuditStore.head(reader))
            return walk
        }
    }

    private func faults(_ store: Store, _ marks: [AuditMark.Claim]) throws -> [ChainFault] {
        try walk(store, marks).faults.listed
    }

    private func change(_ store: Store, _ statements: SQL...) throws {
        try store.write { transaction throws(DatabaseError) in
            for statement in statements { #expect(try transaction.execute(statement) > 0) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is sound as it was written, and its marks agree`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            let walk = try walk(store, marks)
            #expect(walk.faults.isEmpty)
            #expect(walk.count == 10)
            #expect(walk.marksAgreeing == 2)
            #expect(walk.goodUntil == .second(10))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows an edited record, whichever column it was`(_ test: TestDatabase) throws {
        for statement in [
            "UPDATE audit SET actor = 'cli:1' WHERE id = 'r6'",
            "UPDATE audit SET object = 'o7' WHERE id = 'r6'",
            "UPDATE audit SET reason = '' WHERE id = 'r6'",
            "UPDATE audit SET role = 'dpo' WHERE id = 'r6'",
            "UPDATE audit SET action = 'a.c' WHERE id = 'r6'",
            "UPDATE audit SET at_us = at_us + 1 WHERE id = 'r6'",
        ] as [SQL] {
            try withLog(test) { store, marks in
                try change(store, statement)
                #expect(try faults(store, marks) == [.edited(sequence: 6, id: "r6")])
                #expect(try walk(store, marks).goodUntil == .second(5))
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows an edited record that was given a digest of its own`(
        _ test: TestDatabase
    ) throws {
        try withLog(test) { store, marks in
            let rows = try rows(store)
            let forged = ChainedRecord(
                sequence: 6, id: "r6", at: .second(6), actor: "cli:1", role: "command_line",
                action: "a.b", object: "o6", reason: "")
            let digest = forged.digest(after: rows[4].digest)
            try change(
                store,
                """
                UPDATE audit SET actor = 'cli:1', reason = '', digest = \(digest)
                WHERE id = 'r6'
                """)
            // Either of the two: the link between them is broken.
            #expect(try faults(store, marks) == [.edited(sequence: 7, id: "r7")])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows removed records, and which`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            try change(store, "DELETE FROM audit WHERE sequence IN (3, 4, 8)")
            #expect(try faults(store, marks) == [.removed(3...4), .removed(8...8)])
        }
        try withLog(test) { store, marks in
            try change(store, "DELETE FROM audit WHERE sequence = 1")
            #expect(try faults(store, marks) == [.removed(1...1)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows a removed record whose gap was closed`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            try change(store, "DELETE FROM audit WHERE sequence = 3")
            for number in 4...10 as ClosedRange<Int64> {
                try change(
                    store, "UPDATE audit SET sequence = \(number - 1) WHERE sequence = \(number)")
            }
            try change(store, "UPDATE audit_head SET sequence = 9")
            #expect(try faults(store, marks) == [.closedUp(count: 1, before: 3)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows a record that was put in`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            for number in (6...10 as ClosedRange<Int64>).reversed() {
                try change(
                    store, "UPDATE audit SET sequence = \(number + 1) WHERE sequence = \(number)")
            }
            try change(
                store,
                """
                INSERT INTO audit (id, at_us, actor, action, object, form, sequence, digest)
                VALUES ('x', 5, 'cli:0', 'a.b', 'o', 1, 6, \(Digest.of(1)))
                """, "UPDATE audit_head SET sequence = 11")
            #expect(try faults(store, marks) == [.inserted(count: 1, before: 7)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows records that changed places`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            try change(
                store, "UPDATE audit SET sequence = 99 WHERE sequence = 4",
                "UPDATE audit SET sequence = 4 WHERE sequence = 7",
                "UPDATE audit SET sequence = 7 WHERE sequence = 99")
            let found = try faults(store, marks)
            #expect(found.contains(.reordered(sequence: 4, id: "r7", belongsAt: 7)))
            #expect(found.contains(.reordered(sequence: 7, id: "r4", belongsAt: 4)))
            #expect(found.count == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows a truncated end, by its head or by a checkpoint`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            try change(store, "DELETE FROM audit WHERE sequence > 7")
            #expect(try faults(store, []) == [.truncated(8...10)])
            let digest = try rows(store)[6].digest
            try change(store, "UPDATE audit_head SET sequence = 7, digest = \(digest)")
            #expect(try faults(store, []) == [])
            #expect(try faults(store, marks) == [.truncated(8...10)])
            try change(store, "DELETE FROM audit", "DELETE FROM audit_head")
            #expect(try faults(store, marks) == [.truncated(1...10)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `written anew from somewhere on disagrees with the next checkpoint`(
        _ test: TestDatabase
    ) throws {
        try withLog(test) { store, marks in
            var (previous, rest) = (Digest.zero, try rows(store))
            previous = rest[5].digest
            for row in rest.dropFirst(6) {
                let record = row.record
                let forged = ChainedRecord(
                    sequence: record.sequence, id: record.id, at: record.at, actor: "cli:9",
                    role: record.role, action: record.action, object: record.object,
                    reason: record.reason)
                previous = forged.digest(after: previous)
                try change(
                    store,
                    """
                    UPDATE audit SET actor = 'cli:9', digest = \(previous)
                    WHERE sequence = \(record.sequence)
                    """)
            }
            rest = []
            try change(store, "UPDATE audit_head SET digest = \(previous)")
            #expect(try faults(store, []) == [])
            #expect(try faults(store, marks) == [.rewritten(after: 5, upTo: 10)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows a head that was turned back or lost`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            try change(store, "UPDATE audit_head SET sequence = 8")
            #expect(try faults(store, marks) == [.beyondHead(9...10)])
            try change(store, "UPDATE audit_head SET sequence = 10, digest = \(Digest.of(1))")
            #expect(try faults(store, marks) == [.headChanged(sequence: 10)])
            try change(store, "DELETE FROM audit_head")
            #expect(try faults(store, marks) == [.headChanged(sequence: 10)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `goes on behind an anchor, and shows what was not pruned`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            let end = try rows(store)[3]
            let anchor = ChainWalk.Position(sequence: 4, digest: end.digest)
            try change(store, "DELETE FROM audit WHERE sequence < 4")
            let left = try walk(store, marks, from: anchor)
            #expect(left.faults.listed == [.unpruned(sequence: 4)])
            try change(store, "DELETE FROM audit WHERE sequence = 4")
            let pruned = try walk(store, marks, from: anchor)
            #expect(pruned.faults.isEmpty)
            #expect(pruned.marksAgreeing == 2)
            let other = ChainWalk.Position(sequence: 4, digest: .of(1))
            #expect(
                try walk(store, marks, from: other).faults.listed
                    == [.edited(sequence: 5, id: "r5")])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is silent on a restore that was signed and recorded`(_ test: TestDatabase) throws {
        try withLog(test) { store, marks in
            let end = try rows(store)[6]
            // Back to the seventh record, as a backup was; the checkpoint over the tenth is older.
            try change(
                store, "DELETE FROM audit WHERE sequence > 7",
                "UPDATE audit_head SET sequence = 7, digest = \(end.digest)")
            let restored = claim(.restored, end, at: 200)
            try append(20, to: store, action: "x.y")
            #expect(try faults(store, marks + [restored]) == [.restoreUnrecorded(after: 7)])
            try change(
                store, "DELETE FROM audit WHERE sequence > 7",
                "UPDATE audit_head SET sequence = 7, digest = \(end.digest)")
            try append(20, to: store, action: ChainWalk.restoredAction)
            let walk = try walk(store, marks + [restored])
            #expect(walk.faults.isEmpty)
            #expect(walk.marksUndone == 1)
            #expect(walk.marksAgreeing == 2)
            // What was signed after the restore counts.
            let later = AuditMark.Claim(
                kind: .checkpoint, sequence: 9, digest: .of(1), at: .second(201))
            #expect(try faults(store, [restored, later]) == [.truncated(9...9)])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes in rows of an older version, in their order`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            for number in [2, 1, 3] as [Int64] {
                try change(
                    store,
                    """
                    INSERT INTO audit (id, at_us, actor, action, object)
                    VALUES (\("r\(number)"), \(number), 'cli:0', 'a.b', 'o')
                    """)
            }
            let adopted = try store.write { transaction throws(DatabaseError) in
                [
                    try AuditStore.adopt(limit: 2, transaction),
                    try AuditStore.adopt(limit: 2, transaction),
                    try AuditStore.adopt(limit: 2, transaction),
                ]
            }
            #expect(adopted == [2, 1, 0])
            try append(4, to: store)
            #expect(try rows(store).map(\.record.id) == ["r1", "r2", "r3", "r4"])
            #expect(try faults(store, []) == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is one, whoever appends at the same time`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let results = racing(8) { index throws(DatabaseError) in
                for turn in 0..<10 {
                    try store.write { transaction throws(DatabaseError) in
                        try AuditStore.append(
                            .init(
                                id: "\(index)-\(turn)", at: .epoch, actor: "service",
                                action: "a.b", object: "o"), transaction)
                    }
                }
            }
            for result in results { try result.get() }
            #expect(try rows(store).map(\.record.sequence) == Array(1...80))
            #expect(try faults(store, []) == [])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `says in which roles an administrator acted`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let id = AdministratorID(7).text
            try store.write { transaction throws(DatabaseError) in
                try APIKeyStore.insert(
                    .init(
                        id: id, kind: .administrator, name: "Ada", roles: ["auditor", "dpo"],
                        createdAt: .epoch, expiresAt: nil), digest: .of(1), transaction)
                for actor in [id, "cli:1000", ApplicationID(1).text, AccountID(2).text, "service"] {
                    try AuditStore.append(
                        .init(id: actor, at: .epoch, actor: actor, action: "a.b", object: "o"),
                        transaction)
                }
            }
            #expect(
                try rows(store).map(\.record.role)
                    == ["auditor dpo", "command_line", "application", "person", "service"])
        }
    }
}
