import Accounts
import Service
import Testing

private func line(_ text: String) throws -> SignInLine { try SignInLine(Array(text.utf8)[...]) }

private func refusal(_ text: String) -> String? {
    do throws(SignInLineError) {
        _ = try SignInLine(Array(text.utf8)[...])
        return nil
    } catch {
        return error.text
    }
}

/// A line with some members changed, or left out when `nil`.
private func text(_ changes: [String: String?]) -> String {
    var members = [
        "time": "\"2026-11-22T22:04:31Z\"", "outcome": "\"failure\"", "account": "\"ada\"",
        "source": "\"203.0.113.7\"",
    ]
    for (name, value) in changes { members[name] = value }
    let joined = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    return "{" + joined.joined(separator: ",") + "}"
}

@Suite struct `A line of a replayed file` {
    @Test func `is a sign-in event`() throws {
        let read = try line(
            text([
                "password_tag": "\"t1\"", "count": "3", "breached": "true", "canary": "false",
                "outcome": "\"throttled\"",
            ]))
        #expect(read.time == Timestamp(rfc3339: "2026-11-22T22:04:31Z"))
        #expect(read.account == "ada")
        #expect(read.attempt.outcome == .throttled)
        #expect(read.attempt.count == 3)
        #expect(read.attempt.source == SourceAddress(parsing: "203.0.113.7"))
        #expect(read.attempt.isBreached && !read.attempt.isCanary)
        let tag = PasswordTag(replayed: "t1")
        #expect(read.attempt.tags == [PasswordTags(current: tag, previous: tag)])
    }

    @Test func `is the same however it is spelt`() throws {
        let plain = try line(text([:]))
        let spelt = try line(
            """
            \t{ "outc\\u006fme" : "failure",\r
             "account":"\\u0061da","source":"::ffff:203.0.113.7","time":"2026-11-22T23:04:31+01:00"}
            """)
        #expect(spelt.attempt == plain.attempt)
        #expect(spelt.time == plain.time)
        #expect(try line(text(["account": "\"Ada\""])).attempt != plain.attempt)
        #expect(try line(text(["outcome": "\"unknown_account\""])).attempt.account.isKnown == false)
    }

    @Test func `may leave the source out, and may hold what nobody asked for`() throws {
        #expect(try line(text(["source": nil])).attempt.source == nil)
        #expect(try line(text(["source": "null"])).attempt.source == nil)
        let more = try line(text(["label": "{\"a\":[1]}", "note": "1.5"]))
        #expect(more.ignored == ["label", "note"])
    }

    @Test(
        arguments: [
            (["time": nil], "time: expected an RFC 3339 time such as 2026-11-22T22:04:31Z"),
            (
                ["time": "\"yesterday\""],
                "time: expected an RFC 3339 time such as 2026-11-22T22:04:31Z"
            ),
            (["time": "1795385071"], "time: expected a text"),
            (
                ["outcome": "\"maybe\""],
                "outcome: expected success, failure, unknown_account or throttled"
            ),
            (["account": nil], "account: expected a text of 1 to 1024 bytes"),
            (["account": "\"\""], "account: expected a text of 1 to 1024 bytes"),
            (["source": "\"example.com\""], "source: expected an IPv4 or IPv6 address"),
            (["source": "7"], "source: expected a text"),
            (["password_tag": "\"\""], "password_tag: expected a text of 1 to 1024 bytes"),
            (["count": "0"], "count: expected a whole number, 1 ... 1000000000"),
            (["count": "1000000001"], "count: expected a whole number, 1 ... 1000000000"),
            (["count": "1.0"], "count: expected a whole number, 1 ... 1000000000"),
            (["count": "\"1\""], "count: expected a whole number, 1 ... 1000000000"),
            (["breached": "1"], "breached: expected true or false"),
        ] as [([String: String?], String)])
    func `is refused by the member that is wrong`(changes: [String: String?], reason: String) {
        #expect(refusal(text(changes)) == reason)
    }

    @Test func `is refused where it is no object of JSON`() {
        #expect(refusal("") == "expected a JSON value at byte 1")
        #expect(refusal("[]") == "expected one JSON object, got an array")
        #expect(refusal("{\"time\":\"a\"") == "expected a comma or } at byte 12")
        #expect(refusal(#"{"time":"a","time":"b"}"#) == "time: expected once")
    }

    @Test func `takes both ends of its limits`() throws {
        let long = String(repeating: "a", count: 1_024)
        #expect(try line(text(["account": "\"\(long)\""])).account == long)
        #expect(refusal(text(["account": "\"\(long)a\""])) != nil)
        #expect(try line(text(["count": "1000000000"])).attempt.count == 1_000_000_000)
    }
}
