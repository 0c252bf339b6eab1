import Testing

@testable import Storage

@Suite struct `A connection string` {
    @Test(arguments: [
        "postgresql:///loquet", "postgres://localhost/loquet", "postgresql://127.0.0.1:5433/x",
        "postgresql://127.255.255.254/x", "postgresql://[::1]/x",
        "postgresql:///x?host=/run/postgresql", "postgresql:///x?host=@abstract",
        "postgresql://db.example.com/x?hostaddr=127.0.0.1",
        "postgresql://localhost,127.0.0.1/x",
    ])
    func `of this machine asks for no certificate`(_ text: String) throws {
        #expect(try PostgresTarget(parsing: text).parameters["sslmode"] == nil)
    }

    @Test(arguments: [
        "postgresql://db.example.com/x", "postgresql://128.0.0.1/x", "postgresql://126.0.0.1/x",
        "postgresql://127.example.com/x", "postgresql://localhost.example.com/x",
        "postgresql://[::2]/x", "postgresql://localhost,db.example.com/x",
        "postgresql://localhost/x?hostaddr=10.0.0.1", "postgresql:///x?service=main",
    ])
    func `of another machine asks for a certificate with that name`(_ text: String) throws {
        #expect(try PostgresTarget(parsing: text).parameters["sslmode"] == "verify-full")
    }

    @Test func `decides itself when it says how`() throws {
        let target = try PostgresTarget(
            parsing: "postgresql://db.example.com/x?sslmode=require&gssencmode=prefer&"
                + "application_name=other&keepalives_idle=7&client_encoding=LATIN1")
        #expect(target.parameters["sslmode"] == "require")
        #expect(target.parameters["gssencmode"] == "prefer")
        #expect(target.parameters["application_name"] == "other")
        #expect(target.parameters["keepalives_idle"] == "7")
        #expect(target.parameters["client_encoding"] == "UTF8", "except where it must not")
    }

    @Test func `with several hosts looks for the one that writes`() throws {
        let one = try PostgresTarget(parsing: "postgresql://a.example.com/x")
        #expect(one.parameters["target_session_attrs"] == nil)
        let two = try PostgresTarget(parsing: "postgresql://a.example.com,b.example.com/x")
        #expect(two.parameters["target_session_attrs"] == "read-write")
    }

    @Test func `takes what the environment says of the host into account`() {
        let remote = PostgresTarget(given: [:], ambient: ["host": "db.example.com"])
        #expect(remote.parameters["sslmode"] == "verify-full")
        let local = PostgresTarget(given: [:], ambient: ["host": "/run/postgresql"])
        #expect(local.parameters["sslmode"] == nil)
    }

    @Test(arguments: [
        "", "sqlite", "host=localhost", "mysql://localhost/x", "postgresql://u:azerty@[::1/x",
        "postgresql://u:azerty@host:5432/x?nothing=azerty", "postgresql://u:%zzazerty@host/x",
    ])
    func `that is none is refused without being repeated`(_ text: String) {
        let error = #expect(throws: DatabaseError.self) { try PostgresTarget(parsing: text) }
        guard case .refused(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!reason.contains("azerty"))
    }
}

@Suite struct `A server` {
    private let sound = PostgresServer(
        version: 130_000, encoding: "UTF8", isReplica: false, isReadOnly: false,
        synchronousCommit: "on", fsync: "on", fullPageWrites: "on")

    @Test func `that keeps what it is given will do`() {
        #expect(sound.refusal == nil)
        for level in ["local", "remote_write", "remote_apply"] {
            var other = sound
            other.synchronousCommit = level
            #expect(other.refusal == nil)
        }
    }

    @Test func `that may lose it will not, and the setting is named`() {
        for (setting, name) in [
            (\PostgresServer.synchronousCommit, "synchronous_commit"), (\.fsync, "fsync"),
            (\.fullPageWrites, "full_page_writes"),
        ] {
            var server = sound
            server[keyPath: setting] = "off"
            #expect(
                server.refusal
                    == "the server's \(name) is off: what was stored could be lost with the power")
        }
    }

    @Test func `that is too old, read-only or not in UTF-8 will not`() {
        var server = sound
        server.version = 129_999
        #expect(server.refusal == "the server is PostgreSQL 12: 13 or newer is needed")
        server = sound
        server.encoding = "SQL_ASCII"
        #expect(server.refusal == "the database's encoding is SQL_ASCII: UTF8 is needed")
        server = sound
        server.isReplica = true
        #expect(server.refusal == "the server is a read-only replica: name its primary")
        server = sound
        server.isReadOnly = true
        #expect(
            server.refusal == "the server does not let this user write (transaction_read_only)")
    }
}

@Suite struct `A server's error` {
    @Test(arguments: [
        ("23505", DatabaseError.uniqueViolation), ("23503", .constraint), ("23514", .constraint),
        ("23502", .constraint), ("23000", .constraint),
        ("40001", .unavailable("other transactions came first (SQLSTATE 40001)")),
        ("40P01", .unavailable("other transactions came first (SQLSTATE 40P01)")),
        ("53100", .unavailable("the server's disk is full (SQLSTATE 53100)")),
        ("53300", .unavailable("the server has too many connections (SQLSTATE 53300)")),
        ("53200", .unavailable("the server cannot do this now (SQLSTATE 53200)")),
        ("57P01", .unavailable("the server cannot do this now (SQLSTATE 57P01)")),
        ("57P03", .unavailable("the server cannot do this now (SQLSTATE 57P03)")),
        ("08006", .unavailable("the server cannot do this now (SQLSTATE 08006)")),
        ("58030", .unavailable("the server cannot do this now (SQLSTATE 58030)")),
        ("XX001", .unavailable("the server cannot do this now (SQLSTATE XX001)")),
        ("25006", .unavailable("the server has become read-only (SQLSTATE 25006)")),
        ("08P01", .statement("the server refuses the statement (SQLSTATE 08P01)")),
        ("22003", .statement("the server refuses the statement (SQLSTATE 22003)")),
        ("42501", .statement("the server refuses the statement (SQLSTATE 42501)")),
    ])
    func `becomes what a caller acts on`(_ state: String, _ error: DatabaseError) {
        #expect(PostgresFailure.server(state: state).error(whileWriting: true) == error)
    }

    @Test func `about writing is our mistake where only reading was asked for`() {
        let failure = PostgresFailure.server(state: "25006")
        #expect(
            failure.error(whileWriting: false)
                == .statement("the server refuses the statement (SQLSTATE 25006)"))
        #expect(!failure.endsConnection(whileWriting: false))
        #expect(failure.endsConnection(whileWriting: true))
    }

    @Test func `ends the connection when it was the server's last word`() {
        for state in ["57P01", "57P02", "57P03", "25P03", "26000", "08006"] {
            #expect(PostgresFailure.server(state: state).endsConnection(whileWriting: false))
        }
        for state in ["57014", "40001", "23505", "08P01", "53100", "55P03"] {
            #expect(!PostgresFailure.server(state: state).endsConnection(whileWriting: false))
        }
        #expect(PostgresFailure.lost("").endsConnection(whileWriting: false))
        #expect(!PostgresFailure.notOneStatement.endsConnection(whileWriting: false))
    }

    @Test func `is worth another try after a lost race only`() {
        #expect(PostgresFailure.server(state: "40001").isLostRace)
        #expect(PostgresFailure.server(state: "40P01").isLostRace)
        #expect(!PostgresFailure.server(state: "40002").isLostRace)
        #expect(!PostgresFailure.lost("").isLostRace)
    }
}

@Suite struct `Values for PostgreSQL` {
    @Test func `stand one after the other, and nothing has no place`() throws {
        let parameters = try PostgresParameters([
            .integer(-2), .null(.text), .bytes([]), .text("é"), .boolean(true),
        ])
        #expect(parameters.ranges == [0..<8, nil, 8..<8, 8..<10, 10..<11])
        #expect(
            parameters.content
                == [255, 255, 255, 255, 255, 255, 255, 254, 0xC3, 0xA9, 1, 0])
    }

    @Test func `have a type also where there is none`() {
        let types = PostgresParameters.types(of: [
            .integer(1), .null(.integer), .text(""), .null(.text), .bytes([]), .null(.bytes),
            .boolean(false), .null(.boolean),
        ])
        #expect(types == [.int8, .int8, .text, .text, .bytea, .bytea, .bool, .bool])
    }

    @Test func `are refused where they cannot be stored, by number`() {
        #expect(throws: PostgresFailure.value(parameter: 2)) {
            try PostgresParameters([.text("a"), .text("a\u{0}")])
        }
    }
}
