import Accounts
import Service
import Storage
import Testing

private let digest = String(repeating: "ab", count: 32)

private let agreement: JSONValue = [
    "purpose": "P5", "policy_version": "2026-11", "text_digest": .string(digest), "locale": "fr",
]

extension RunningService {
    fileprivate func admin(_ roles: [Role]) throws -> String {
        try APIKeys(database, actor: "cli:0")
            .make(administrator: "A", roles: roles, lifetime: .days(7)).key
    }

    /// Adds a version of the privacy policy that is in effect, or will be.
    @discardableResult
    fileprivate func policy(
        _ version: String = "2026-11", effectiveAt: Timestamp? = nil, text: String = "Nous…"
    ) throws -> Answer {
        try call(
            "POST", "/v1/admin/privacy-policies", key: admin([.dpo]),
            [
                "version": .string(version),
                "effective_at": .string((effectiveAt ?? now - .days(30)).rfc3339()),
                "texts": ["fr": .string(text)],
            ])
    }

    fileprivate func permission(_ purpose: String, _ id: String) throws -> Answer {
        try call("GET", "/v1/accounts/\(id)/permissions?purpose=\(purpose)", key: keys.appKey)
    }

    fileprivate func isPermitted(_ purpose: String, _ id: String) throws -> Bool {
        let answer = try permission(purpose, id)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json["permitted"] == true
    }

    fileprivate func accountID() throws -> String {
        try #require(try texts("SELECT id FROM account ORDER BY created_at_us, id").first)
    }
}

@Suite struct `A consent` {
    @Test func `is given by the person, asked for by an application, and withdrawn in one call`()
        throws
    {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        #expect(
            try service.permission("P5", id).json == [
                "purpose": "P5", "permitted": false, "basis": "consent", "reason": "never_given",
            ])
        let given = try service.call(
            "POST", "/v1/account/consents", key: session.token, agreement)
        #expect(given.status == 201)
        #expect(given.json["consent"]?["by"]?.string == id)
        #expect(given.json["consent"]?["channel"] == "site")
        #expect(
            try service.permission("P5", id).json == [
                "purpose": "P5", "permitted": true, "basis": "consent", "reason": "given",
                "since": .string(service.now.rfc3339()), "policy_version": "2026-11",
            ])
        service.advance(.seconds(1))
        let withdrawn = try service.call(
            "DELETE", "/v1/account/consents/P5", key: session.token)
        #expect(withdrawn.status == 201)
        #expect(
            try service.permission("P5", id).json == [
                "purpose": "P5", "permitted": false, "basis": "consent", "reason": "withdrawn",
                "since": .string(service.now.rfc3339()),
            ])
        let shown = try service.call("GET", "/v1/account/consents", key: session.token)
        #expect(shown.json["history"]?.array.map { $0["act"] } == ["withdrawn", "given"])
        #expect(shown.json["permissions"]?.array.count == Purpose.allCases.count)
    }

    @Test func `holds for its purpose alone`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        try service.call("POST", "/v1/account/consents", key: session.token, agreement)
        for purpose in ["P2", "P3", "P4", "publication"] {
            #expect(try !service.isPermitted(purpose, id), "\(purpose)")
        }
        #expect(try service.isPermitted("P5", id))
    }

    @Test(arguments: ["P1", "P6", "P7"])
    func `is nothing that the service, misuse or the law would rest on`(purpose: String) throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        let given = try service.call(
            "POST", "/v1/account/consents", key: session.token,
            agreement.with("purpose", .string(purpose)))
        let withdrawn = try service.call(
            "DELETE", "/v1/account/consents/\(purpose)", key: session.token)
        for answer in [given, withdrawn] {
            #expect(answer.status == 422 && answer.code == "not_based_on_consent")
            #expect(answer.json["basis"]?.string != nil)
        }
        #expect(try service.number("SELECT count(*) FROM consent") == 0)
        let permission = try service.permission(purpose, id)
        #expect(permission.json["permitted"] == true)
        #expect(permission.json["reason"] == "not_based_on_consent")
        #expect(try service.isLive(session.token))
    }

    @Test func `is one act however often it is sent, and so is its withdrawal`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let give = { (body: JSONValue) in
            try service.call("POST", "/v1/account/consents", key: session.token, body).status
        }
        let withdraw = {
            try service.call("DELETE", "/v1/account/consents/P5", key: session.token).status
        }
        #expect(try [give(agreement), give(agreement)] == [201, 200])
        // Other words are another agreement.
        #expect(try give(agreement.with("locale", "en")) == 201)
        #expect(try [withdraw(), withdraw()] == [201, 200])
        #expect(try give(agreement) == 201)
        #expect(try service.number("SELECT count(*) FROM consent") == 4)
        #expect(
            try service.number("SELECT count(*) FROM audit WHERE action = 'consent.given'") == 3)
    }

    @Test func `that is given and withdrawn within one instant is withdrawn`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        try service.call("POST", "/v1/account/consents", key: session.token, agreement)
        try service.call("DELETE", "/v1/account/consents/P5", key: session.token)
        #expect(try !service.isPermitted("P5", id))
        try service.call("POST", "/v1/account/consents", key: session.token, agreement)
        #expect(try service.isPermitted("P5", id))
    }

    @Test func `on paper needs evidence, and does not undo a later withdrawal`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        let dpo = try service.admin([.dpo])
        let path = "/v1/admin/accounts/\(id)/consents"
        let bare = try service.call("POST", path, key: dpo, agreement)
        #expect(bare.status == 400 && bare.field == "evidence")
        try service.call("DELETE", "/v1/account/consents/P5", key: session.token)
        service.advance(.seconds(86_400))
        let signed = agreement.with("evidence", "form 12/2026")
        let early = try service.call(
            "POST", path, key: dpo,
            signed.with("signed_at", .string((service.now - .days(2)).rfc3339())))
        #expect(early.status == 201)
        #expect(early.json["consent"]?["channel"] == "paper")
        #expect(early.json["consent"]?["evidence"] == "form 12/2026")
        #expect(try !service.isPermitted("P5", id))
        let tomorrow = try service.call(
            "POST", path, key: dpo,
            signed.with(
                "signed_at", .string((service.now + .microseconds(1)).rfc3339(.microseconds))))
        #expect(tomorrow.status == 400 && tomorrow.field == "signed_at")
        let today = try service.call(
            "POST", path, key: dpo, signed.with("signed_at", .string(service.now.rfc3339())))
        #expect(today.status == 201)
        #expect(try service.isPermitted("P5", id))
    }

    @Test func `is recorded by an application for the person, not for another channel's`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        let given = try service.call(
            "POST", "/v1/accounts/\(id)/consents", key: service.keys.appKey,
            agreement.with("channel", "app"))
        #expect(given.status == 201)
        #expect(given.json["consent"]?["by"]?.string?.hasPrefix("app_") == true)
        let paper = try service.call(
            "POST", "/v1/account/consents", key: session.token,
            agreement.with("channel", "paper").with("evidence", "x"))
        #expect(paper.status == 400 && paper.field == "channel")
        let withdrawn = try service.call(
            "DELETE", "/v1/accounts/\(id)/consents/P5", key: service.keys.appKey,
            ["channel": "paper", "evidence": "letter of 3 May"])
        #expect(withdrawn.status == 201)
        #expect(
            try service.call(
                "GET", "/v1/accounts/\(id)/consents", key: service.keys.appKey
            ).json["history"]?.array.count == 2)
    }

    @Test func `names a privacy policy that was in effect`() throws {
        let service = try RunningService()
        let session = try service.member()
        let give = { (body: JSONValue) in
            try service.call("POST", "/v1/account/consents", key: session.token, body)
        }
        #expect(try give(agreement).code == "unknown_policy_version")
        try service.policy(effectiveAt: service.now + .seconds(1))
        let early = try give(agreement)
        #expect(early.status == 422 && early.code == "unknown_policy_version")
        service.advance(.seconds(1))
        #expect(try give(agreement).status == 201)
    }

    @Test(arguments: [
        ("purpose", "P8"), ("purpose", "p5"), ("policy_version", ""), ("policy_version", "a b"),
        ("text_digest", "ab"), ("text_digest", String(repeating: "AB", count: 32)),
        ("locale", "français"), ("channel", "phone"), ("signed_at", "2020-01-01"),
    ])
    func `is refused with the field that is wrong`(field: String, value: String) throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let answer = try service.call(
            "POST", "/v1/account/consents", key: session.token,
            agreement.with(field, .string(value)))
        #expect(answer.status == 400 && answer.field == field)
        #expect(try service.number("SELECT count(*) FROM consent") == 0)
    }

    @Test func `is not asked of somebody who is not there`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        try service.call("POST", "/v1/account/consents", key: session.token, agreement)
        try service.close(session.token)
        let nobody = "acc_" + String(repeating: "0", count: 26)
        for other in [id, nobody, "nonsense"] {
            for purpose in Purpose.allCases {
                let answer = try service.permission(purpose.rawValue, other)
                #expect(answer.json["permitted"] == false)
                #expect(answer.json["reason"] == "unknown_account")
            }
            let path = "/v1/accounts/\(other)/consents"
            #expect(
                try service.call("POST", path, key: service.keys.appKey, agreement).status == 404)
            #expect(try service.call("GET", path, key: service.keys.appKey).status == 404)
        }
        #expect(try service.permission("", id).status == 400)
        #expect(try service.permission("P5&purpose=P5", id).status == 400)
    }

    @Test func `can be withdrawn by who must change the password first, and not given`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        try service.call("POST", "/v1/account/consents", key: session.token, agreement)
        try service.execute("UPDATE session SET restricted = TRUE")
        let given = try service.call(
            "POST", "/v1/account/consents", key: session.token, agreement)
        #expect(given.code == "password_change_required")
        #expect(
            try service.call("DELETE", "/v1/account/consents/P5", key: session.token).status == 201)
    }

    @Test func `can always be withdrawn, and is not given without end`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        try service.execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
            INSERT INTO consent
                (id, account_id, purpose, act, effective_at_us, recorded_at_us, channel, actor)
            SELECT 'c' || i, \(id), 'P5', 'withdrawn', i, i, 'site', 'x' FROM n
            """)
        #expect(
            try service.call("POST", "/v1/account/consents", key: session.token, agreement)
                .status == 201)
        #expect(
            try service.call("DELETE", "/v1/account/consents/P5", key: session.token).status == 201)
        let more = try service.call(
            "POST", "/v1/account/consents", key: session.token, agreement)
        #expect(more.status == 409 && more.code == "limit_reached")
    }
}

@Suite struct `A version of the privacy policy` {
    @Test func `never changes`() throws {
        let service = try RunningService()
        let day = service.now
        #expect(try service.policy(effectiveAt: day).status == 201)
        #expect(try service.policy(effectiveAt: day).status == 200)
        let another = try service.policy(effectiveAt: day, text: "Vous…")
        #expect(another.status == 409 && another.code == "policy_version_exists")
        #expect(try service.policy(effectiveAt: day + .seconds(1)).status == 409)
        let words = try service.call(
            "GET", "/v1/privacy-policies/2026-11/fr", key: service.keys.appKey)
        #expect(words.text == "Nous…" && words.header("Content-Language") == "fr")
        #expect(
            try service.call(
                "GET", "/v1/privacy-policies/2026-11/en", key: service.keys.appKey
            ).status == 404)
    }

    @Test func `is in effect from its date until the next one's`() throws {
        let service = try RunningService()
        try service.policy("1", effectiveAt: service.now - .days(1))
        try service.policy("2", effectiveAt: service.now + .seconds(10))
        let current = {
            try service.call("GET", "/v1/privacy-policies", key: service.keys.appKey)
                .json["policies"]?.array.filter { $0["current"] == true }.map { $0["version"] }
        }
        service.advance(.seconds(9))
        #expect(try current() == ["1"])
        service.advance(.seconds(1))
        #expect(try current() == ["2"])
    }

    @Test func `is accepted once, and who did is read with a reason`() throws {
        let service = try RunningService()
        try service.policy()
        let session = try service.member()
        let id = try service.accountID()
        let accept = { (version: String) in
            try service.call(
                "POST", "/v1/account/policy-acceptances", key: session.token,
                ["version": .string(version), "locale": "fr"])
        }
        #expect(try accept("2026-12").code == "unknown_policy_version")
        #expect(try accept("2026-11").status == 201)
        #expect(try accept("2026-11").status == 200)
        let dpo = try service.admin([.dpo])
        let path = "/v1/admin/privacy-policies/2026-11/acceptances"
        #expect(try service.call("POST", path, key: dpo, [:]).field == "reason")
        let read = try service.call("POST", path, key: dpo, ["reason": "who is to be asked"])
        #expect(read.json["acceptances"]?.array.map { $0["account_id"]?.string } == [id])
        #expect(
            try service.texts(
                "SELECT reason FROM audit WHERE action = 'privacy_policy.acceptances_read'")
                == ["who is to be asked"])
        let next = try service.call(
            "POST", path, key: dpo, ["reason": "the next page", "after": .string(id)])
        #expect(next.json["acceptances"]?.array.isEmpty == true)
    }

    @Test func `is added by the data protection officer alone`() throws {
        let service = try RunningService()
        for roles in [[Role.auditor], [.operator], [.archivist]] {
            let answer = try service.call(
                "POST", "/v1/admin/privacy-policies", key: service.admin(roles), [:])
            #expect(answer.status == 403, "\(roles)")
        }
    }
}
