import Accounts
import Foundation
import Service
import Storage
import Testing

/// Every table, each row as hexadecimal text of
/// all columns a text could hide in.
private let onlineTables: [(name: String, rows: SQL)] = [
    ("account", "SELECT hex(id)||'.'||hex(state)||'.'||hex(application) FROM account"),
    (
        "api_key",
        "SELECT hex(id)||'.'||hex(kind)||'.'||hex(name)||'.'||hex(roles)||'.'||hex(digest) FROM api_key"
    ),
    ("archive_certificate", "SELECT hex(fingerprint)||'.'||hex(pem) FROM archive_certificate"),
    (
        "account_flag",
        """
        SELECT hex(id)||'.'||hex(flag)||'.'||hex(account_id)||'.'||hex(category)||'.'||hex(reason)
            ||'.'||hex(placed_by) FROM account_flag
        """
    ),
    (
        "erasure",
        """
        SELECT hex(id)||'.'||hex(account_id)||'.'||hex(thing)||'.'||hex(record)||'.'||hex(proof)
            FROM erasure
        """
    ),
    (
        "closed_record",
        "SELECT hex(account_id)||'.'||hex(email)||'.'||hex(display_name) FROM closed_record"
    ),
    (
        "archive_challenge",
        "SELECT hex(fingerprint)||'.'||hex(answer_digest) FROM archive_challenge"
    ),
    (
        "archive_locator",
        "SELECT hex(account_id)||'.'||hex(locator)||'.'||hex(key_id) FROM archive_locator"
    ),
    (
        "sealed_record",
        """
        SELECT hex(id)||'.'||hex(account_id)||'.'||hex(category)||'.'||hex(basis)||'.'
            ||hex(sealed)||'.'||hex(digest) FROM sealed_record
        """
    ),
    (
        "audit",
        "SELECT hex(id)||'.'||hex(actor)||'.'||hex(action)||'.'||hex(object) FROM audit"
    ),
    ("canary", "SELECT hex(account_id) FROM canary"),
    (
        "consent",
        "SELECT hex(id)||'.'||hex(account_id)||'.'||hex(evidence)||'.'||hex(actor) FROM consent"
    ),
    (
        "policy_acceptance",
        "SELECT hex(account_id)||'.'||hex(evidence)||'.'||hex(actor) FROM policy_acceptance"
    ),
    ("privacy_policy", "SELECT hex(version)||'.'||hex(actor) FROM privacy_policy"),
    (
        "privacy_policy_text",
        "SELECT hex(version)||'.'||hex(locale)||'.'||hex(content) FROM privacy_policy_text"
    ),
    ("counter", "SELECT hex(name) FROM counter"),
    (
        "delivery",
        "SELECT hex(event_id)||'.'||hex(sink)||'.'||hex(state)||'.'||hex(lease_token)||'.'||hex(last_error) FROM delivery"
    ),
    ("device", "SELECT hex(digest)||'.'||hex(account_id) FROM device"),
    ("event", "SELECT hex(id)||'.'||hex(type)||'.'||hex(body) FROM event"),
    (
        "idempotency",
        """
        SELECT hex(caller)||'.'||hex(route)||'.'||hex(key_digest)||'.'||hex(fingerprint)||'.'
            ||hex(account_id) FROM idempotency
        """
    ),
    ("audit_head", "SELECT hex(name)||'.'||hex(digest) FROM audit_head"),
    ("audit_mark", "SELECT hex(kind)||'.'||hex(line) FROM audit_mark"),
    ("dossier_field", "SELECT hex(value)||'.'||hex(actor) FROM dossier_field"),
    ("dossier_version", "SELECT hex(content)||'.'||hex(actor) FROM dossier_version"),
    ("incident", "SELECT hex(thing)||'.'||hex(processor)||'.'||hex(summary) FROM incident"),
    ("incident_entry", "SELECT hex(actor)||'.'||hex(text) FROM incident_entry"),
    (
        "incident_finding",
        "SELECT hex(subject)||'.'||hex(source)||'.'||hex(message) FROM incident_finding"
    ),
    ("identifier", "SELECT hex(locator)||'.'||hex(key_id)||'.'||hex(account_id) FROM identifier"),
    ("password", "SELECT hex(account_id)||'.'||hex(phc) FROM password"),
    ("profile", "SELECT hex(account_id)||'.'||hex(email)||'.'||hex(display_name) FROM profile"),
    ("service_key", "SELECT hex(id)||'.'||hex(purpose)||'.'||hex(check_value) FROM service_key"),
    ("session", "SELECT hex(digest)||'.'||hex(account_id)||'.'||hex(application) FROM session"),
    ("sink", "SELECT hex(name)||'.'||hex(paused_by)||'.'||hex(pause_reason) FROM sink"),
    (
        "sign_in",
        """
        SELECT hex(id)||'.'||hex(outcome)||'.'||hex(subject)||'.'||hex(source)||'.'
            ||hex(application)||'.'||hex(tags) FROM sign_in
        """
    ),
    ("verdict", "SELECT hex(account_id)||'.'||hex(sealed) FROM verdict"),
    (
        "policy_switch",
        "SELECT hex(policy)||'.'||hex(actor)||'.'||hex(content) FROM policy_switch"
    ),
    ("password_audit", "SELECT hex(actor)||'.'||hex(report) FROM password_audit"),
    ("throttle", "SELECT hex(locator)||'.'||hex(client)||'.'||hex(state) FROM throttle"),
]

@Suite struct `A closed account` {
    @Test func `leaves its state, a tombstone and one record that nothing here can read`() throws {
        let service = try RunningService()
        let session = try service.member()
        try service.session()
        let id = try service.texts("SELECT id FROM account")
        #expect(try service.close(session.token, reason: "unused").status == 200)
        #expect(try service.texts("SELECT state FROM account") == ["closed"])
        #expect(
            try service.number("SELECT state_time_us FROM account") == service.now.microseconds)
        for count: SQL in [
            "SELECT COUNT(*) FROM profile", "SELECT COUNT(*) FROM password",
            "SELECT COUNT(*) FROM session", "SELECT COUNT(*) FROM device",
            "SELECT COUNT(*) FROM verdict",
            "SELECT COUNT(*) FROM identifier WHERE is_live",
        ] {
            #expect(try service.number(count) == 0, "\(count)")
        }
        #expect(try service.number("SELECT COUNT(*) FROM identifier WHERE NOT is_live") == 1)
        #expect(try service.texts("SELECT account_id FROM sealed_record") == id)
        #expect(try service.texts("SELECT account_id FROM archive_locator") == id)
        #expect(try service.texts("SELECT category FROM sealed_record") == ["civil_claims"])
    }

    @Test func `names its owner in no table`() throws {
        let service = try RunningService()
        let tables = Set(
            try service.texts(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
        let known = Set(onlineTables.map(\.name)).union([
            "schema_version", "work_lease",
        ])
        #expect(tables.isSubset(of: known), "\(tables.subtracting(known)) is not looked at")

        try service.register(headers: ["Idempotency-Key: one"])
        let session = try service.session()
        try service.signIn(Person(password: "Wrong-1!"))
        try service.fail(times: 8)
        service.advance(.minutes(30))
        try service.close(session.token, headers: ["Idempotency-Key: two"])
        #expect(try service.number("SELECT COUNT(*) FROM sealed_record") == 1)
        let parts = ["ada@example.com", "ADA@EXAMPLE.COM", "ada@", "example.com", "203.0.113.7"]
        for table in onlineTables {
            for row in try service.texts(table.rows) {
                for part in parts where !(part == "203.0.113.7" && table.name == "event") {
                    let hex = part.utf8.map { String(format: "%02X", $0) }.joined()
                    #expect(!row.contains(hex), "\(part) in \(table.name)")
                }
            }
        }
    }

    @Test func `leaves no hash in the files of the database`() throws {
        let service = try RunningService()
        let session = try service.member()
        let hash = try #require(try service.texts("SELECT phc FROM password").first)
        let tail = Data(hash.suffix(43).utf8)
        let holds = {
            try ["", "-wal"].contains { suffix in
                let path = service.dataPath + "/loquet.sqlite" + suffix
                guard FileManager.default.fileExists(atPath: path) else { return false }
                return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: tail) != nil
            }
        }
        #expect(try holds())
        #expect(try service.close(session.token).status == 200)
        // Housekeeping scrubs within a second or so.
        #expect(try eventually { try holds() ? nil : true })
    }

    @Test func `answers like an account that never was`() throws {
        let service = try RunningService()
        let session = try service.member()
        #expect(try service.close(session.token).status == 200)
        let closed = try service.signIn()
        let unknown = try service.signIn(Person(email: "nobody@example.com"))
        #expect(closed.withoutDate == unknown.withoutDate)
        #expect(try service.introspect(session.token) == ["active": false])
        #expect(try service.call("GET", "/v1/account", key: session.token).status == 401)
        #expect(try service.close(session.token).status == 401)
        for spelling in ["ada@example.com", "ADA@example.com"] {
            let again = try service.register(Person(email: spelling))
            #expect(again.status == 409)
            #expect(again.code == "identifier_unavailable")
        }
    }

    @Test func `is closed once when two ask at the same time`() throws {
        let service = try RunningService()
        let sessions = [try service.member(), try service.session()]
        let answers = try inParallel(2) { index in try service.close(sessions[index].token) }
        #expect(answers.filter { $0.status == 200 }.count == 1)
        #expect(answers.filter { $0.status == 401 }.count == 1)
        #expect(try service.number("SELECT COUNT(*) FROM sealed_record") == 1)
    }
}

@Suite struct `A refused sign-in` {
    @Test func `reads the same and costs one hash whatever was wrong`() throws {
        let service = try RunningService()
        try service.register()
        try service.register(Person(email: "suspended@example.com"))
        let closed = try service.member(Person(email: "closed@example.com"))
        #expect(try service.close(closed.token).status == 200)
        try service.execute(
            """
            UPDATE account SET state = 'suspended' WHERE id = (
                SELECT account_id FROM profile WHERE email = 'suspended@example.com')
            """)
        let attempts: [(String, Person)] = [
            ("unknown", Person(email: "nobody@example.com")),
            ("wrong", Person(password: "Wrong-guess-1")),
            ("wrong by a space", Person(password: "Abcdef1! ")),
            ("suspended", Person(email: "suspended@example.com")),
            ("suspended and wrong", Person(email: "suspended@example.com", password: "x")),
            ("closed", Person(email: "closed@example.com")),
            ("no address", Person(email: "not an address")),
            ("an empty address", Person(email: "")),
            ("an address with a NUL", Person(email: "ada@example.com\u{0}")),
            ("an endless address", Person(email: String(repeating: "a", count: 40_000))),
            ("an empty password", Person(password: "")),
            ("an impossible password", Person(password: "Abcdef1!\u{200B}")),
            ("an endless password", Person(password: String(repeating: "é", count: 20_000))),
        ]
        let reference = try service.signIn(Person(email: "first@example.com"))
        #expect(reference.status == 401)
        #expect(reference.code == "invalid_credentials")
        for (name, person) in attempts {
            let before = try service.metric("loquet_hashes_total")
            let answer = try service.signIn(person)
            #expect(answer.withoutDate == reference.withoutDate, "\(name)")
            #expect(try service.metric("loquet_hashes_total") - before == 1, "\(name)")
        }
    }
}
