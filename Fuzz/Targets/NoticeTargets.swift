import Accounts
import Outbound
import Service

/// A template is refused with a line that it has, or taken; then every kind's values fill it without a
/// name left over that was not written in by a value, and the mail made of it is one whose header ends
/// where it should. The first byte chooses the kind.
func template(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let kind = NoticeKind.allCases[Int(first) % NoticeKind.allCases.count]
    let file = Array(bytes.dropFirst())
    let template: NoticeTemplate
    do throws(NoticeTemplateError) {
        template = try NoticeTemplate(parsing: file, for: kind)
    } catch {
        let lines = file.split(separator: 0x0A, omittingEmptySubsequences: false).count
        precondition((1...max(2, lines)).contains(error.line), "a line that is not there")
        precondition(!error.text.isEmpty)
        return
    }
    var values: [NoticeTemplate.Placeholder: String] = [:]
    for name in NoticeTemplate.Placeholder.allCases { values[name] = "\u{1}" }
    let filled = template.filled(values)
    precondition(!filled.subject.contains("\n"), "a subject of two lines")
    precondition(filled.text.hasSuffix("\n"))
    guard let from = Mailbox(address: "a@example.org", name: filled.subject),
        let to = Mailbox(address: "b@example.com")
    else { preconditionFailure("plain addresses") }
    let mail = MailMessage(
        from: from, to: to, subject: filled.subject, text: filled.text, date: "x", id: "1")
    wellFormed(mail.bytes)
}

/// Nine headers of ours, an empty line, lines that end in CRLF and are short, and ASCII throughout.
private func wellFormed(_ bytes: [UInt8]) {
    precondition(bytes.allSatisfy { $0 == 0x0D || $0 == 0x0A || (0x20...0x7E).contains($0) })
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    precondition(lines.allSatisfy { $0.last == 0x0D && !$0.dropLast().contains(0x0D) })
    precondition(lines.allSatisfy { $0.count <= 79 }, "a line of more than 78 octets")
    let head = lines.prefix { $0.count > 1 }
    let names = head.filter { $0.first != 0x20 }.map { line in
        String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
    }
    precondition(
        names == [
            "Date", "From", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type",
            "Content-Transfer-Encoding", "Auto-Submitted",
        ], "a header that came from outside")
}

/// A row of asked-for links is refused, or encodes to the same bytes, and one more leaves a row that can
/// be read again and never holds more than an hour's.
func linkBudget(_ bytes: [UInt8]) {
    guard let budget = LinkBudget(encoded: bytes) else { return }
    precondition(budget.encoded == bytes, "a row with two encodings")
    for now in [Timestamp.earliest, .epoch, budget.expiresAt ?? .epoch, .latest] {
        var later = budget
        for _ in 0...LinkBudget.linksMax { _ = later.spend(at: now) }
        precondition(!later.spend(at: now), "more than an hour's links")
        precondition(LinkBudget(encoded: later.encoded) == later)
    }
}
