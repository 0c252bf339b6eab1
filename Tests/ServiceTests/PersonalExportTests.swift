import Accounts
import Foundation
import Service
import Storage
import Testing

@Suite struct `An export` {
    /// A person with something in every place, and a request for it that was verified.
    private func filled() throws -> (service: RunningService, key: String, request: String) {
        let service = try RunningService()
        let key = try service.officer()
        try service.register(Person().with(email: "grace@example.com"))
        _ = try service.register(Person())
        let session = try service.session()
        try service.fail(times: 2)
        let text = try service.texts(
            "SELECT account_id FROM profile WHERE email = 'ada@example.com'")
        let id = try #require(text.first)
        try service.call(
            "POST", "/v1/admin/privacy-policies", key: key,
            ["version": "1", "effective_at": "2020-01-01", "texts": ["fr": "Nous"]])
        try service.call(
            "POST", "/v1/account/consents", key: session.token,
            [
                "purpose": "P5", "policy_version": "1", "locale": "fr",
                "text_digest": .string(String(repeating: "ab", count: 32)),
            ])
        try service.call(
            "POST", "/v1/account/policy-acceptances", key: session.token,
            ["version": "1", "locale": "fr"])
        for (scope, silence) in [("told of", nil), ("kept quiet", "a judge says so")] {
            let body: JSONValue = [
                "authority": "Tribunal", "legal_basis": "art. 60-1 CPP", "scope": .string(scope),
                "reference": "file 7", "account_ids": [.string(id)],
            ]
            let made = try service.call(
                "POST", "/v1/admin/disclosures", key: key,
                body.with("silent_because", silence.map(JSONValue.string)))
            let entry = try #require(made.json["disclosure"]?["id"]?.string)
            guard silence == nil else { continue }
            try service.call(
                "POST", "/v1/admin/disclosures/\(entry)/notices", key: key,
                ["told_how": "letter 9"])
        }
        let asked = try service.call(
            "POST", "/v1/account/requests", key: session.token, ["right": "portability"])
        return (service, key, try #require(asked.json["request"]?["id"]?.string))
    }

    @Test func `holds everything about the person`() throws {
        let (service, key, request) = try filled()
        let answer = try service.step(key, request, "export", ["format": "json"])
        #expect(answer.status == 200)
        #expect(answer.header("Content-Disposition")?.contains(request) == true)
        let value = answer.json
        #expect(value["account"]?["email"] == "ada@example.com")
        #expect(value["sessions"]?.array.count == 1 && value["devices"]?.array.count == 1)
        #expect(
            value["sign_ins"]?.array.compactMap { $0["outcome"]?.string }.sorted()
                == ["failure", "failure", "success"])
        #expect(value["sign_ins"]?.array.first?["source"] == "203.0.113.7")
        #expect(value["consents"]?.array.count == 1)
        #expect(value["accepted_policies"]?.array.count == 1)
        #expect(value["requests"]?.array.map { $0["id"]?.string } == [request])
        #expect(value["disclosures"]?.array.map { $0["scope"] } == ["told of"])
        #expect(
            value["recipients"]?.array.map { $0["kind"] } == ["application", "event_sink"])
        #expect(value["archived"]?.array == [])
        #expect(!answer.text.contains("grace@example.com"))
        #expect(
            try service.texts("SELECT object FROM audit WHERE action = 'request.exported'")
                == [request])
    }

    @Test(arguments: ["json", "csv"])
    func `never holds a secret`(format: String) throws {
        let (service, key, request) = try filled()
        let answer = try service.step(key, request, "export", ["format": .string(format)])
        #expect(answer.status == 200)
        var secrets = try service.texts("SELECT phc FROM password")
        for phc in secrets { secrets += phc.split(separator: "$").map(String.init).suffix(2) }
        let digests: [SQL] = [
            "SELECT digest FROM session", "SELECT digest FROM device",
            "SELECT locator FROM identifier", "SELECT digest FROM api_key",
            "SELECT sealed FROM verdict", "SELECT tags FROM sign_in WHERE tags IS NOT NULL",
            "SELECT locator FROM throttle", "SELECT state FROM throttle",
        ]
        for sql in digests {
            let all = try service.database.read { reader throws(DatabaseError) in
                try reader.rows(sql) { row throws(DatabaseError) in try row.bytes(0) }
            }
            #expect(!all.isEmpty, "\(sql)")
            for bytes in all where bytes.count >= 4 {
                secrets.append(bytes.map { String(format: "%02x", $0) }.joined())
                secrets.append(Data(bytes).base64EncodedString())
            }
        }
        secrets += ["lqs_", "lqd_", "lqa_", "lqk_", "$argon2", "kept quiet", "a judge says so"]
        #expect(secrets.count > 20)
        for secret in secrets { #expect(!answer.text.contains(secret), "a secret is in it") }
    }

    @Test func `as a table says the same`() throws {
        let (service, key, request) = try filled()
        let json = try service.step(key, request, "export", ["format": "json"]).json
        let csv = try service.step(key, request, "export", ["format": "csv"])
        #expect(csv.header("Content-Type") == "text/csv; charset=utf-8")
        let lines = csv.text.components(separatedBy: "\r\n").dropLast()
        #expect(lines.first == "section,number,field,value")
        #expect(lines.contains("account,,email,ada@example.com"))
        #expect(lines.contains("disclosures,1,scope,told of"))
        var values = 0
        guard case .object(let sections) = json else { return }
        for section in sections {
            switch section.value {
            case .object(let fields): values += fields.count
            case .array(let entries):
                for case .object(let fields) in entries { values += fields.count }
            default: values += 1
            }
        }
        #expect(lines.count - 1 == values)
    }

    @Test func `lets no spreadsheet run what somebody is called`() throws {
        let (service, key, request) = try filled()
        try service.execute(
            "UPDATE profile SET display_name = '=HYPERLINK(\"x\",\"y\")' WHERE email = 'ada@example.com'"
        )
        let csv = try service.step(key, request, "export", ["format": "csv"])
        #expect(csv.text.contains("account,,display_name,\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n"))
    }

    @Test func `tells of what is sealed, by which law and until when`() throws {
        let (service, key, request) = try filled()
        let bytes: [UInt8] = [9, 9, 9, 9]
        let print = try service.database.read { reader throws(DatabaseError) in
            try reader.first("SELECT fingerprint FROM archive_certificate") {
                row throws(DatabaseError) in try row.bytes(0)
            }
        }
        try service.execute(
            """
            INSERT INTO sealed_record (id, account_id, category, basis, erase_after_us, sealed,
                digest, archive_key, sealed_at_us)
            SELECT 'rec_00000000000000000000000001', account_id, 'civil_claims',
                'art. 2224 Code civil', 1000000, \(bytes), \(bytes), \(print), 0
            FROM profile WHERE email = 'ada@example.com'
            """)
        let answer = try service.step(key, request, "export", ["format": "json"])
        #expect(
            answer.json["archived"]?.array == [
                [
                    "category": "civil_claims", "basis": "art. 2224 Code civil",
                    "erase_after": "1970-01-01T00:00:01Z",
                ]
            ])
    }

    @Test func `is not made for other rights, unknown people, or without a check`() throws {
        let (service, key, _) = try filled()
        let id = try service.texts("SELECT account_id FROM profile WHERE email = 'ada@example.com'")
        let other = try service.letter(key, "erasure", account: id.first)
        #expect(try service.step(key, other, "export", [:]).json["state"] == "not_exportable")
        let unchecked = try service.letter(key, account: id.first)
        #expect(try service.step(key, unchecked, "export", [:]).json["state"] == "not_verified")
        let nobody = try service.letter(key, account: nil)
        _ = try service.step(key, nobody, "verification")
        #expect(try service.step(key, nobody, "export", [:]).json["state"] == "no_account")
        #expect(
            try service.number("SELECT count(*) FROM audit WHERE action = 'request.exported'") == 0)
    }

    @Test func `names the incidents that touched the person, and no other's`() throws {
        let (service, key, request) = try filled()
        for index in 0..<10 {
            try service.signIn(Person(password: "Wrong-\(index)", ip: "198.51.100.\(index)"))
        }
        let found = try eventually {
            let answer = try service.step(key, request, "export", ["format": "json"])
            let incidents = answer.json["incidents"]?.array ?? []
            return incidents.isEmpty ? nil : incidents
        }
        #expect(found.map { $0["kinds"] } == [["brute_force"]])
        let text = try service.texts(
            "SELECT account_id FROM profile WHERE email = 'grace@example.com'")
        let other = try service.letter(key, account: text.first)
        _ = try service.step(key, other, "verification")
        let theirs = try service.step(key, other, "export", ["format": "json"])
        #expect(theirs.status == 200 && theirs.json["incidents"]?.array == [])
    }
}
