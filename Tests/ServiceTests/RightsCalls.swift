import Accounts
import Service
import Storage
import Testing

extension RunningService {
    func officer() throws -> String {
        try APIKeys(database, actor: "cli:0")
            .make(administrator: "D", roles: [.dpo], lifetime: .days(400)).key
    }

    func firstAccountID() throws -> String {
        try #require(try texts("SELECT id FROM account ORDER BY created_at_us, id").first)
    }

    /// A request by letter, as the officer enters it.
    func letter(
        _ key: String, _ right: String = "access", account: String?, received: Timestamp? = nil
    ) throws -> String {
        let body: JSONValue = ["right": .string(right), "channel": "post", "contact": "Ada, Paris"]
        let answer = try call(
            "POST", "/v1/admin/requests", key: key,
            body.with("account_id", account.map(JSONValue.string))
                .with("received_at", received.map { .string($0.rfc3339()) }))
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["request"]?["id"]?.string)
    }

    func step(
        _ key: String, _ id: String, _ verb: String, _ body: JSONValue = ["reason": "because"]
    ) throws -> Answer {
        try call("POST", "/v1/admin/requests/\(id)/\(verb)", key: key, body)
    }
}
