import Outbound
import Testing

@Suite struct `A mail` {
    private func message(
        name: String = "", subject: String = "Hello", text: String = "Hi\n"
    ) throws -> [String] {
        let message = MailMessage(
            from: try #require(Mailbox(address: "no-reply@example.org", name: name)),
            to: try #require(Mailbox(address: "ada@example.com")), subject: subject, text: text,
            date: "Mon, 23 Nov 2026 09:18:38 +0000", id: "0198c000-0000")
        let whole = String(decoding: message.bytes, as: UTF8.self)
        #expect(whole.utf8.allSatisfy { $0 < 0x80 })
        // A Character of CR and LF is one; bytes are what is sent.
        return Array(whole.utf8).split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self)
        }
    }

    @Test func `has the headers that RFC 5322 and 3834 ask for, once each`() throws {
        let lines = try message()
        #expect(
            lines == [
                "Date: Mon, 23 Nov 2026 09:18:38 +0000", "From: <no-reply@example.org>",
                "To: <ada@example.com>", "Message-ID: <0198c000-0000@example.org>",
                "Subject: Hello", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable", "Auto-Submitted: auto-generated",
                "", "Hi", "", "",
            ])
    }

    @Test(arguments: [
        "a\r\nBcc: eve@example.com", "a\nBcc: eve@example.com", "a\rBcc: x", "a\u{0}b",
        "a\u{85}Bcc: x", "a\u{2028}Bcc: x", " leading", "trailing ", "=?utf-8?q?x?=",
    ])
    func `lets no subject and no name begin another header`(_ text: String) throws {
        for lines in [try message(subject: text), try message(name: text)] {
            let head = lines.prefix { !$0.isEmpty }
            #expect(!head.contains { $0.hasPrefix("Bcc") || $0.hasPrefix("x") })
            #expect(head.filter { !$0.hasPrefix(" ") }.count == 9)
        }
        #expect(try !message(subject: text).contains("Subject: " + text))
    }

    @Test func `encodes what is not plain in words of 75 octets, never inside a character`() throws
    {
        let lines = try message(subject: String(repeating: "é", count: 40))
        let start = try #require(lines.firstIndex { $0.hasPrefix("Subject: ") })
        let words = lines[start...].prefix { $0.hasPrefix("Subject: ") || $0.hasPrefix(" =?") }
        #expect(words.count == 5)
        #expect(words.allSatisfy { $0.utf8.count <= 76 })
        for word in words {
            let inner = word.split(separator: "?")[3]
            #expect(inner.count.isMultiple(of: 6), "whole characters: \(inner)")
        }
    }

    @Test(arguments: [(68, true), (69, true), (70, false)])
    func `keeps a plain subject as it is up to 78 octets`(_ count: Int, _ isKept: Bool) throws {
        let subject = String(repeating: "x", count: count)
        #expect(try message(subject: subject).contains("Subject: " + subject) == isKept)
    }

    @Test func `is quoted-printable, lines of 76 octets at most`() throws {
        let long = String(repeating: "x", count: 76)
        let lines = try message(text: "é=\t \n.\n\(long)\n\(long.dropLast())\nFrom x\n")
        let body = Array(lines[(lines.firstIndex(of: "")! + 1)...])
        #expect(
            body == [
                "=C3=A9=3D=09=20", ".", String(long.dropLast()) + "=", "x",
                String(long.dropLast()), "From x", "", "",
            ])
    }
}

@Suite struct `A mailbox` {
    @Test(arguments: [
        "a@b", "ada+x@example.com", "ü@example.com", "a'b@example.com", "a!#$%&*/=?^_`{|}~@b.c",
    ])
    func `is an address that cannot end anything`(_ address: String) {
        #expect(Mailbox(address: address)?.address == address)
    }

    @Test(arguments: [
        "", "a", "@b", "a@", "a@b@c", "a@b>", "<a@b", "a b@c", "a@b\r\nRCPT TO:<x@y>", "a@b\u{0}",
        "a@b\u{200B}", "a@b\u{2028}", "a,b@c", "a;b@c", "\"a\"@b", "a(b)@c", "a@[1.2.3.4]",
        String(repeating: "a", count: 253) + "@b",
    ])
    func `is nothing else`(_ address: String) {
        #expect(Mailbox(address: address) == nil)
    }
}

@Suite struct `A mail server` {
    @Test(arguments: [
        ("localhost", true), ("LOCALHOST", true), ("127.0.0.1", true), ("127.9.9.9", true),
        ("[::1]", true), ("[::2]", false), ("example.com", false), ("128.0.0.1", false),
        ("localhost.example.com", false),
    ])
    func `is on this machine by its name`(_ host: String, _ isLocal: Bool) {
        let server = MailServer(
            host: host, port: 25, security: .none, hello: "x", user: nil, authorities: nil)
        #expect(server.isLocal == isLocal)
    }
}
