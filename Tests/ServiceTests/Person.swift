import Service
import Testing

/// Somebody who uses the service through an application.
struct Person: Sendable {
    var email = "ada@example.com"
    var password = "Abcdef1!"
    /// Where requests come from.
    var ip: String? = "203.0.113.7"
    var device: String?

    var credentials: JSONValue { ["email": .string(email), "password": .string(password)] }

    var client: JSONValue? {
        var members: [JSONValue.Member] = []
        if let ip { members.append(.init(name: "ip", value: .string(ip))) }
        if let device { members.append(.init(name: "device_token", value: .string(device))) }
        return members.isEmpty ? nil : .object(members)
    }

    func with(password: String) -> Person {
        var copy = self
        copy.password = password
        return copy
    }

    func with(ip: String?) -> Person {
        var copy = self
        copy.ip = ip
        return copy
    }

    func with(device: String?) -> Person {
        var copy = self
        copy.device = device
        return copy
    }

    func with(email: String) -> Person {
        var copy = self
        copy.email = email
        return copy
    }
}

/// What a sign-in gave.
struct Session: Sendable {
    let token: String
    let device: String?
}

extension RunningService {
    @discardableResult
    func register(
        _ person: Person = Person(), headers: [String] = [], key: String? = nil
    ) throws -> Answer {
        try call(
            "POST", "/v1/accounts", key: key ?? keys.appKey,
            person.credentials.with("client", person.client), headers: headers)
    }

    @discardableResult
    func signIn(_ person: Person = Person(), key: String? = nil) throws -> Answer {
        try call(
            "POST", "/v1/sessions", key: key ?? keys.appKey,
            person.credentials.with("client", person.client))
    }

    /// Signs in with the right password.
    @discardableResult
    func session(_ person: Person = Person()) throws -> Session {
        let answer = try signIn(person)
        try #require(answer.status == 201, "\(answer.text)")
        return Session(
            token: try #require(answer.json["session"]?["token"]?.string),
            device: answer.json["device"]?["token"]?.string)
    }

    /// Registers and signs in.
    @discardableResult
    func member(_ person: Person = Person()) throws -> Session {
        let answer = try register(person)
        try #require(answer.status == 201, "\(answer.text)")
        return try session(person)
    }

    func introspect(_ token: String) throws -> JSONValue {
        let answer = try call(
            "POST", "/v1/sessions/introspect", key: keys.appKey, ["token": .string(token)])
        try #require(answer.status == 200)
        return answer.json
    }

    func isLive(_ token: String) throws -> Bool {
        try introspect(token)["active"] == true
    }

    @discardableResult
    func changePassword(
        _ session: String, _ current: String, to new: String, client: JSONValue? = nil
    ) throws -> Answer {
        let body: JSONValue = ["current_password": .string(current), "new_password": .string(new)]
        return try call(
            "PUT", "/v1/account/password", key: session, body.with("client", client))
    }

    @discardableResult
    func close(
        _ session: String, _ password: String = Person().password, headers: [String] = [],
        client: JSONValue? = nil, reason: String? = nil
    ) throws -> Answer {
        let body: JSONValue = ["password": .string(password)]
        return try call(
            "POST", "/v1/account/closure", key: session,
            body.with("client", client).with("reason", reason.map(JSONValue.string)),
            headers: headers)
    }

    /// Tries `count` wrong passwords, each another one.
    @discardableResult
    func fail(_ person: Person = Person(), times count: Int) throws -> [Answer] {
        try (0..<count).map { index in
            try signIn(person.with(password: "Wrong-guess-\(index)"))
        }
    }
}
