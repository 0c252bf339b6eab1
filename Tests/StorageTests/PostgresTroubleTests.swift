import Foundation
import Testing
import Threads

@testable import Storage

@Suite(.enabled(if: postgresIsThere)) struct `A PostgreSQL server` {
    @Test func `that crashes in mid-transaction leaves nothing half-written and is found again`()
        throws
    {
        let cluster = try PostgresCluster()
        try withItems(in: cluster) { database, _ throws in
            try insert(1, into: database)
            let error = #expect(throws: DatabaseError.self) {
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute("INSERT INTO item (id) VALUES (2)")
                    crash(cluster)
                    try transaction.execute("INSERT INTO item (id) VALUES (3)")
                }
            }
            #expect(error.isUnavailable)
            // While it is away, callers are told at once.
            let start = ContinuousClock.now
            for _ in 0..<50 {
                let error = #expect(throws: DatabaseError.self) { try ids(in: database) }
                #expect(error.isUnavailable)
            }
            #expect(ContinuousClock.now - start < .seconds(2))
            try cluster.start()
            #expect(try eventually { try ids(in: database) } == [1])
            try insert(4, into: database)
            #expect(try ids(in: database) == [1, 4])
        }
    }

    @Test func `that restarted while nobody looked costs no call`() throws {
        let cluster = try PostgresCluster()
        try withItems(in: cluster) { database, _ throws in
            try insert(1, into: database)
            try cluster.crash()
            try cluster.start()
            #expect(try ids(in: database) == [1])
        }
    }

    @Test func `that hangs up while it commits leaves the outcome open, and that is said`() throws {
        try withItems { database, _ throws in
            _ = try database.transaction { transaction throws(DatabaseError) in
                try transaction.execute(
                    """
                    CREATE FUNCTION hang_up() RETURNS TRIGGER LANGUAGE plpgsql AS
                    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'
                    """)
                try transaction.execute(
                    """
                    CREATE CONSTRAINT TRIGGER on_commit AFTER INSERT ON item
                    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hang_up()
                    """)
            }
            let runs = Guarded(0)
            let open = DatabaseError.unavailable(
                """
                the database was lost while it committed: the transaction is stored whole or not \
                at all
                """)
            #expect(throws: open) {
                try database.transaction { transaction throws(DatabaseError) in
                    runs.withLock { $0 += 1 }
                    try transaction.execute("INSERT INTO item (id) VALUES (1)")
                }
            }
            #expect(runs.withLock { $0 } == 1, "never repeated")
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test func `that is stopped is given up when the time is over`() throws {
        var limits = PostgresLimits()
        limits.statementMax = .milliseconds(100)
        try withItems(limits) { database, _ throws in
            let stopped = Guarded<pid_t?>(nil)
            defer { if let pid = stopped.withLock({ $0 }) { kill(pid, SIGCONT) } }
            let start = ContinuousClock.now
            let late = DatabaseError.unavailable("the database server did not answer in time")
            #expect(throws: late) {
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute("INSERT INTO item (id) VALUES (1)")
                    let pid = try transaction.first("SELECT pg_backend_pid()") {
                        row throws(DatabaseError) in pid_t(try row.int64(0))
                    }
                    guard let pid else { throw .conflict }
                    stopped.withLock { $0 = pid }
                    kill(pid, SIGSTOP)
                    try transaction.execute("INSERT INTO item (id) VALUES (2)")
                }
            }
            #expect(ContinuousClock.now - start < limits.answerMax + .seconds(2))
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test func `that takes too long for a statement stops it`() throws {
        var limits = PostgresLimits()
        limits.statementMax = .milliseconds(50)
        try withItems(limits) { database, _ throws in
            let late = DatabaseError.unavailable("a statement took too long (SQLSTATE 57014)")
            #expect(throws: late) {
                try database.read { reader throws(DatabaseError) in
                    try reader.rows("SELECT pg_sleep(60)") { _ in 0 }
                }
            }
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test func `that ended an idle transaction is told apart from one that refuses`() throws {
        var limits = PostgresLimits()
        limits.idleInTransactionMax = .milliseconds(20)
        try withItems(limits) { database, target throws in
            let other = try PostgresDatabase(target)
            defer { other.close() }
            let error = #expect(throws: DatabaseError.self) {
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute("INSERT INTO item (id) VALUES (1)")
                    _ = try other.read { reader throws(DatabaseError) in
                        try reader.rows("SELECT pg_sleep(0.5)") { _ in 0 }
                    }
                    try transaction.execute("INSERT INTO item (id) VALUES (2)")
                }
            }
            #expect(error.isUnavailable)
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test func `makes nobody wait long for a locked row`() throws {
        var limits = PostgresLimits()
        limits.lockMax = .milliseconds(50)
        try withItems(limits) { database, target throws in
            try insert(1, into: database)
            let other = try PostgresDatabase(target)
            defer { other.close() }
            let late = DatabaseError.unavailable("a row was locked for too long (SQLSTATE 55P03)")
            _ = try other.transaction { transaction throws(DatabaseError) in
                try transaction.execute("UPDATE item SET amount = 1")
                #expect(throws: late) {
                    try database.transaction { transaction throws(DatabaseError) in
                        try transaction.execute("UPDATE item SET amount = 2")
                    }
                }
            }
        }
    }

    @Test func `is not asked by more threads than there are connections`() throws {
        var limits = PostgresLimits()
        limits.connectionsMax = 1
        limits.waitMax = .milliseconds(20)
        try withItems(limits) { database, _ throws in
            let answers = Guarded<[DatabaseError?]>([])
            _ = try database.read { _ throws(DatabaseError) in
                let second = NamedThread("second") {
                    do throws(DatabaseError) {
                        try database.read { _ in }
                        answers.withLock { $0.append(nil) }
                    } catch {
                        answers.withLock { $0.append(error) }
                    }
                }
                second.join()
            }
            let late = DatabaseError.unavailable("no database connection became free in time")
            #expect(answers.withLock { $0 } == [late])
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test func `keeps transactions apart that read what the other writes`() throws {
        try withItems { database, target throws in
            let other = try PostgresDatabase(target)
            defer { other.close() }
            try insert(1, into: database)
            try insert(2, into: database)
            /// Closes one item if the other is open: the last open one stays open.
            func close(
                _ id: Int64, in transaction: borrowing Transaction
            ) throws(DatabaseError) -> Bool {
                let open = try transaction.rows("SELECT id FROM item WHERE closed IS NULL") {
                    row throws(DatabaseError) in try row.int64(0)
                }
                guard open.count == 2 else { return false }
                return try transaction.execute(
                    "UPDATE item SET closed = TRUE WHERE id = \(id)") == 1
            }
            let runs = Guarded(0)
            let isClosed = try database.transaction { transaction throws(DatabaseError) in
                let run = runs.withLock { runs in
                    runs += 1
                    return runs
                }
                let isClosed = try close(1, in: transaction)
                if run == 1 {
                    let isOtherClosed = try other.transaction { other throws(DatabaseError) in
                        try close(2, in: other)
                    }
                    #expect(isOtherClosed)
                }
                return isClosed
            }
            #expect(!isClosed)
            #expect(runs.withLock { $0 } == 2)
        }
    }

    @Test func `loses nothing when many count in one row`() throws {
        try withItems { database, target throws in
            let other = try PostgresDatabase(target)
            defer { other.close() }
            let failures = Guarded<[String]>([])
            let threads = (0..<12).map { index in
                NamedThread("counter-\(index)") {
                    for _ in 0..<20 {
                        do throws(DatabaseError) {
                            _ = try (index % 2 == 0 ? database : other).transaction {
                                transaction throws(DatabaseError) in
                                try transaction.execute(
                                    """
                                    INSERT INTO item (id, amount) VALUES (1, 1000)
                                    ON CONFLICT (id) DO UPDATE SET amount = item.amount + 1
                                    """)
                            }
                        } catch {
                            failures.withLock { $0.append("\(error)") }
                        }
                    }
                }
            }
            for thread in threads { thread.join() }
            #expect(failures.withLock { $0 } == [])
            let amount = try database.read { reader throws(DatabaseError) in
                try reader.first("SELECT amount FROM item") { row throws(DatabaseError) in
                    try row.int64(0)
                }
            }
            #expect(amount == 1_239)
        }
    }
}

/// A crash inside a closure that throws database errors only.
private func crash(_ cluster: PostgresCluster) {
    do { try cluster.crash() } catch { Issue.record("\(error)") }
}

/// What `body` answers as soon as the database is available again; ten seconds at most.
private func eventually<Answer>(_ body: () throws -> Answer) throws -> Answer {
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
        do {
            return try body()
        } catch let error as DatabaseError {
            guard case .unavailable = error, ContinuousClock.now < deadline else { throw error }
            usleep(5_000)
        }
    }
}

extension DatabaseError? {
    fileprivate var isUnavailable: Bool {
        if case .unavailable = self { return true }
        return false
    }
}
