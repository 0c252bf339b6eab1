import Passwords
import Service
import Testing

@Suite struct `Accept-Language` {
    @Test(
        arguments: [
            (nil, .english), ("", .english), ("en", .english), ("fr", .french), ("FR", .french),
            ("fr-CA", .french), ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", .french),
            ("en-GB,en;q=0.9,fr;q=0.8", .english), ("en;q=0.8, fr;q=0.801", .french),
            ("en;q=0.8, fr;q=0.8", .english), ("fr;q=0.8, en;q=0.8", .french),
            ("de, fr;q=0.1", .french), ("de", .english), ("*", .english),
            // A star stands for what is not named.
            ("en;q=0.5, *", .french), ("en;q=0, *;q=0.1", .french), ("fr;q=0.5, *", .english),
            ("fr, *;q=0.5", .french),
            // What is refused altogether is answered in English.
            ("fr;q=0", .english), ("fr;q=0, en;q=0", .english), ("*;q=0", .english),
            // Malformed elements do not count, the others do.
            ("fr;q=2, en;q=0.1", .english), ("fr;q=1.001", .english), ("fr;q=.5", .english),
            ("fr;q=0.8888", .english), ("fr;q=", .english), ("fr;level=1", .english),
            ("fr;q=1.000", .french), ("fr;q=1.", .french), ("fr;q=0.", .english),
            ("fr-", .english), ("-fr", .english), ("français", .english), ("frr", .english),
            (",, fr ,", .french), ("fr ; q=0.5", .french), ("x;;;, fr", .french),
        ] as [(String?, Language)])
    func `chooses`(field: String?, language: Language) {
        #expect(Language(acceptLanguage: field) == language, "\(field ?? "none")")
    }
}

@Suite struct `An answer about a password` {
    @Test(arguments: [("fr-CA,fr;q=0.8", "fr", "au moins 8"), ("en", "en", "at least 8")])
    func `is in the language asked for`(field: String, code: String, words: String) throws {
        let service = try RunningService()
        let headers = ["Accept-Language: \(field)"]
        let bad: JSONValue = ["email": "ada@example.com", "password": "abc"]
        let answers = [
            try service.call(
                "POST", "/v1/accounts", key: service.keys.appKey, bad, headers: headers),
            try service.call(
                "POST", "/v1/password-checks", key: service.keys.appKey, bad, headers: headers),
            try service.call("GET", "/v1/password-policy", headers: headers),
        ]
        for answer in answers {
            #expect(answer.header("Content-Language") == code)
            #expect(answer.header("Vary") == "Accept-Language")
            #expect(answer.text.lowercased().contains(words), "\(answer.text)")
        }
        #expect(codes(answers[0]) == codes(answers[1]))
        let rules = answers[2].json["passwordrules"]?.string
        #expect(rules?.hasPrefix("minlength: 8; maxlength: 256; required: upper;") == true)
    }

    @Test func `is in English when nothing is asked for`() throws {
        let service = try RunningService()
        let shown = try service.call("GET", "/v1/password-policy")
        #expect(shown.header("Content-Language") == "en")
        #expect(shown.json["text"]?.string?.hasPrefix("At least 8 characters") == true)
    }

    @Test func `has no password rules where the policy asks for words`() throws {
        let service = try RunningService { $0.policy = "cnil-passphrase-7" }
        #expect(try service.call("GET", "/v1/password-policy").json["passwordrules"] == .null)
    }
}
