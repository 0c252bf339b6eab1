import Accounts
import Service
import Testing

@Suite struct `The log` {
    @Test func `is one JSON object a line and holds nothing of anybody`() throws {
        let service = try RunningService { $0.queue.attemptsMax = 1 }
        let device = try #require(try service.member().device)
        let session = try service.session()
        _ = try service.introspect(session.token)
        try service.register(Person(password: "Ada-example-1!"))
        try service.register(Person(email: "hopper@example.com", password: "x"))
        _ = try service.fail(times: 12)
        try service.signIn(Person().with(device: device))
        _ = try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?")
        _ = try service.call(
            "POST", "/v1/accounts", key: service.keys.appKey, raw: Array("{ada@example.com".utf8),
            headers: ["Content-Type: application/json"])
        _ = try service.call("GET", "/v1/ada@example.com?password=Abcdef1!", key: "lqs_ada")
        _ = try service.call(
            "GET", "/livez", key: nil, raw: [], headers: ["X-Ada : ada@example.com"])
        // A finding and dead letters are logged.
        _ = try eventually { try service.log.contains("breach sign") ? true : nil }
        _ = try service.lease(seconds: 1)
        service.advance(.minutes(2))
        _ = try service.lease()
        _ = try service.close(session.token, "Ghijkl2?")
        service.stop()

        let log = try service.log
        let lines = log.split(separator: "\n")
        #expect(lines.count >= 3)
        for line in lines {
            let value = try JSONReader.read(Array(line.utf8))
            #expect(value["time"]?.string != nil)
            #expect(["info", "warning", "error"].contains(value["level"]?.string))
            #expect(value["message"]?.string != nil)
        }
        #expect(log.contains("became dead letters"))
        let secrets = [
            "ada@", "hopper", "example.com", "Abcdef1!", "Ghijkl2?", "Wrong-guess", "lqs_", "lqd_",
            "lqa_", "lqk_", session.token, device, "argon2id$", "PRIVATE KEY", "203.0.113",
        ]
        for secret in secrets { #expect(!log.contains(secret), "\(secret)") }
        #expect(!lines.contains { $0.contains("\"level\":\"error\"") })
    }

    @Test func `writes a hostile text on one line`() {
        let value: JSONValue = ["reason": "a\nb\u{1B}[31m\u{7F}\"\\\u{2028}"]
        let text = String(decoding: value.bytes, as: UTF8.self)
        #expect(text == #"{"reason":"a\nb\u001b[31m\u007f\"\\"# + "\u{2028}\"}")
    }
}
