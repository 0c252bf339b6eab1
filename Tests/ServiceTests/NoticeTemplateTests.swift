import Accounts
import Glibc
import Outbound
import Service
import Testing

@Suite struct `A notice's template` {
    private func parsed(
        _ text: String, _ kind: NoticeKind = .passwordReset
    ) throws(NoticeTemplateError) -> NoticeTemplate {
        try NoticeTemplate(parsing: Array(text.utf8), for: kind)
    }

    @Test func `puts values where their names stand, and looks into none`() throws {
        let template = try parsed(
            "Subject: {{service}}: x\r\n\r\nHi {{service}}\n{{link}}{{link}}\n\n")
        let filled = template.filled([.service: "A{{link}}", .link: "L"])
        #expect(filled.subject == "A{{link}}: x")
        #expect(filled.text == "Hi A{{link}}\nLL\n")
    }

    @Test func `may hold any other braces`() throws {
        let template = try parsed("Subject: a } { }}\n\n} {x} }} {{link}}")
        #expect(template.filled([.link: "L"]).text == "} {x} }} L\n")
    }

    @Test func `is refused with the line and what was expected there`() throws {
        let cases: [(String, NoticeKind, String)] = [
            ("", .closure, "line 1: expected Subject: and the subject"),
            ("Subject: \n\nx", .closure, "line 1: expected Subject: and the subject"),
            ("Subject: a\nb", .closure, "line 2: expected an empty line"),
            ("Subject: a\n\n", .closure, "line 2: expected an empty line"),
            (
                "Subject: a\n\nb\n{{name}}", .closure,
                "line 4: there is no {{name}} here; expected one of service, time"
            ),
            ("Subject: a\n\n{{link}}", .closure, "line 3: there is no {{link}} here"),
            ("Subject: a\n\n{{ link }}", .passwordReset, "line 3: there is no {{ link }} here"),
            ("Subject: a\n\n{{link\n}}", .passwordReset, "line 3: expected }} on the same line"),
            (
                "Subject: {{link}}\n\n{{link}}", .passwordReset,
                "line 1: {{link}} and {{text}} belong"
            ),
            ("Subject: a\n\nb", .passwordReset, "line 3: expected {{link}} somewhere"),
            ("Subject: a\n\nb", .breach, "line 3: expected {{text}} somewhere"),
            ("Subject: a\u{1B}\n\nb", .closure, "line 1: expected no control characters"),
            ("Subject: a\n\nb\r\rc", .closure, "line 3: expected no control characters"),
        ]
        for (text, kind, expected) in cases {
            let error = #expect(throws: NoticeTemplateError.self) { try parsed(text, kind) }
            #expect(error?.text.hasPrefix(expected) == true, "\(error?.text ?? "")")
        }
        let bytes = Array("Subject: a\n\nb\n".utf8) + [0xFF]
        let error = #expect(throws: NoticeTemplateError.self) {
            try NoticeTemplate(parsing: bytes, for: .closure)
        }
        #expect(error?.text == "line 4: expected UTF-8")
    }

    @Test func `has a bound`() throws {
        let head = "Subject: a\n\n"
        let full = head + String(repeating: "x", count: NoticeTemplate.bytesMax - head.utf8.count)
        _ = try parsed(full, .closure)
        #expect(throws: NoticeTemplateError.self) { try parsed(full + "x", .closure) }
    }

    @Test func `is there for every kind in every language`() throws {
        let all = NoticeKind.allCases.flatMap { kind in
            NoticeLocale.allCases.map { "\(kind.rawValue).\($0.rawValue)" }
        }
        let shipped = NoticeTemplates.shipped.map { "\($0.0.rawValue).\($0.1.rawValue)" }
        #expect(shipped.sorted() == all.sorted())
        let templates = try NoticeTemplates(directory: nil)
        #expect(
            templates[.closure, .fr].filled([.service: "S"]).subject == "S : votre compte est fermé"
        )
    }

    @Test func `of an operator stands in place of the shipped one`() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("closure.en.txt", "Subject: Bye\n\nBye.")
        let directory = String(file.dropLast("/closure.en.txt".count))
        let templates = try NoticeTemplates(directory: directory)
        #expect(templates[.closure, .en].filled([:]) == ("Bye", "Bye.\n"))
        #expect(templates[.closure, .fr].filled([:]).text.contains("fermé"))
        _ = try folder.file("closure.en.txt", "Subject: Bye\n\n{{nmae}}")
        let wrong = #expect(throws: StartError.self) { try NoticeTemplates(directory: directory) }
        #expect(wrong?.text.contains("\(file), line 3: there is no {{nmae}} here") == true)
        _ = try folder.file("closure.en.txt", "Subject: Bye\n\nBye.")
        _ = try folder.file("closure.es.txt", "Subject: Bye\n\nBye.")
        let misnamed = #expect(throws: StartError.self) {
            try NoticeTemplates(directory: directory)
        }
        #expect(misnamed?.text.contains("there is no notice closure.es.txt") == true)
    }
}

@Suite struct `Settings of mail` {
    private func error(_ change: (inout Configuration) -> Void) throws -> String {
        let folder = try TemporaryFolder()
        let configuration = RunningService.configuration(in: folder) {
            $0.mail.server = .init(parsing: "127.0.0.1:25")
            $0.mail.from = "no-reply@example.org"
            $0.notices.delivery = .smtp
            $0.recovery.delivery = .smtp
            $0.recovery.baseURL = "https://app.example.org"
            change(&$0)
        }
        do {
            _ = try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
            return ""
        } catch {
            return error.text
        }
    }

    @Test func `are checked together before anything is created`() throws {
        let folder = try TemporaryFolder()
        let open = try folder.file("open", "x\n")
        let empty = try folder.file("empty", "\n")
        #expect(unsafe chmod(open, 0o640) == 0 && chmod(empty, 0o600) == 0)
        #expect(try error { _ in } == "")
        let cases: [((inout Configuration) -> Void, String)] = [
            ({ $0.mail.server = nil }, "mail.server is missing"),
            ({ $0.mail.from = "" }, "mail.from is missing"),
            ({ $0.recovery.baseURL = nil }, "recovery.base_url is missing"),
            (
                {
                    $0.mail.server = .init(parsing: "smtp.example.org:25")
                    $0.mail.security = .none
                }, "mail.security: \"none\" is only for a mail server on this machine"
            ),
            ({ $0.mail.user = "u" }, "mail.password_file is missing"),
            ({ $0.mail.passwordFile = empty }, "mail.user is missing"),
            (
                {
                    $0.mail.user = "u"
                    $0.mail.passwordFile = open
                }, "mail.password_file: \(open) has mode 640"
            ),
            (
                {
                    $0.mail.user = "u"
                    $0.mail.passwordFile = empty
                }, "mail.password_file: expected a password on the first line"
            ),
            ({ $0.mail.caFile = "/nowhere.pem" }, "mail.ca_file: cannot read /nowhere.pem"),
            ({ $0.notices.templates = "/nowhere" }, "notices.templates: the directory /nowhere"),
            (
                {
                    $0.registrationMode = .neutral
                    $0.recovery.delivery = .application
                }, "registration.mode: \"neutral\" needs recovery.delivery"
            ),
        ]
        for (change, expected) in cases {
            let text = try error(change)
            #expect(text.contains(expected), "\(text)")
        }
    }

    @Test(arguments: [
        ("https://app.example.org", true), ("https://app.example.org:8443/a/b/", true),
        ("http://localhost:3000", true), ("http://127.0.0.1/x", true), ("http://[::1]:8/x", true),
        ("http://app.example.org", false), ("https://a?b", false), ("https://a#b", false),
        ("https://u@example.org", false), ("https://", false), ("ftp://localhost", false),
        ("https://a:0", false), ("https://a:x", false), ("https://a b", false), ("", false),
        ("https://[::1", false), ("http://127.0.0.1.example.org", false), ("HTTPS://a", false),
    ])
    func `take a base of links that is https, or this machine`(_ url: String, _ isTaken: Bool) {
        #expect((LinkBase(parsing: url) != nil) == isTaken)
    }

    @Test(arguments: [
        ("smtp.example.com:587", true), ("[::1]:25", true), ("127.0.0.1:25", true),
        ("smtp.example.com", false), ("smtp.example.com:0", false),
        ("smtp.example.com:65536", false),
        ("smtp/evil:25", false), ("a@b:25", false), (":25", false), ("::1:25", false),
        ("[::1:25", false), ("a:+25", false),
    ])
    func `take a host and a port`(_ text: String, _ isTaken: Bool) {
        #expect((Configuration.MailEndpoint(parsing: text) != nil) == isTaken)
    }
}
