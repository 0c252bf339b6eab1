import Service
import Storage
import Testing

@Suite struct `A service of the previous schema` {
    /// What the next version could bring: a table and a column, both unknown to this one.
    private func next() throws -> Migrations {
        Migrations(
            Migrations.loquet.steps + [
                Migration(
                    Migrations.loquet.steps.count + 1, "test",
                    [
                        "CREATE TABLE novelty (id BIGINT NOT NULL PRIMARY KEY)",
                        "ALTER TABLE account ADD COLUMN novelty BIGINT NOT NULL DEFAULT 7",
                    ])
            ])
    }

    @Test func `keeps serving while the next one migrates, and after`() throws {
        let service = try RunningService()
        let directory = try DataDirectory(service.configuration)
        let next = try next()
        let refuse: @Sendable (String) -> Never = { fatalError($0) }
        let statuses = try inParallel(4) { index in
            if index == 0 {
                #expect(
                    try directory.migrate(with: next, onFatal: refuse).map(\.name.description) == [
                        "test"
                    ])
            }
            return try (0..<3).map { try register(service, "p\(index)-\($0)@example.com") }
        }
        #expect(statuses.flatMap(\.self).allSatisfy { $0 == 201 })
        #expect(try register(service, "late@example.com") == 201)
        #expect(try service.number("SELECT count(*) FROM account WHERE novelty = 7") == 13)
        #expect(try directory.plan(with: next, onFatal: refuse).isEmpty)
    }

    @Test func `is not started anew on the next one's schema, and no command works on it`() throws {
        let service = try RunningService()
        let directory = try DataDirectory(service.configuration)
        _ = try directory.migrate(with: try next(), onFatal: { fatalError($0) })
        service.stop()
        let known = Migrations.loquet.steps.count
        let reason =
            "the database has schema version \(known + 1) and this program knows versions up to \(known)"
        let log = Log(descriptor: 2, clock: systemTime)
        let attempts: [() throws -> Void] = [
            { try directory.openMigrating(log: log, onFatal: { fatalError($0) }).close() },
            { try directory.openCurrent(onFatal: { fatalError($0) }).close() },
            { _ = try directory.plan(onFatal: { fatalError($0) }) },
            { _ = try directory.migrate(onFatal: { fatalError($0) }) },
        ]
        for attempt in attempts {
            let error = #expect(throws: StartError.self) { try attempt() }
            #expect(error?.text.contains(reason) == true)
        }
    }

    @Test func `is not started on a copy that was cut off`() throws {
        let service = try RunningService()
        let directory = try DataDirectory(service.configuration)
        try service.execute("CREATE TABLE copy_under_way (store BYTEA NOT NULL PRIMARY KEY)")
        service.stop()
        let log = Log(descriptor: 2, clock: systemTime)
        let attempts: [() throws -> Void] = [
            { try directory.openMigrating(log: log, onFatal: { fatalError($0) }).close() },
            { try directory.openCurrent(onFatal: { fatalError($0) }).close() },
            { _ = try directory.migrate(onFatal: { fatalError($0) }) },
        ]
        for attempt in attempts {
            let error = #expect(throws: StartError.self) { try attempt() }
            #expect(error?.text.contains("loquet copy has not finished here") == true)
        }
    }

    private func register(_ service: RunningService, _ email: String) throws -> Int {
        try service.call(
            "POST", "/v1/accounts", key: service.keys.appKey,
            ["email": .string(email), "password": "Un-Cheval-1815"]
        ).status
    }
}
