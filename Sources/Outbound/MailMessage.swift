/// One plain-text mail, as RFC 5322 and MIME write it. Made of values that cannot hold a line break
/// where one would begin another header.
package struct MailMessage: Sendable {
    package let from: Mailbox
    package let to: Mailbox
    /// One line; control characters in it become spaces.
    package let subject: String
    /// Lines that end in LF.
    package let text: String
    /// RFC 5322 §3.3, as `Mon, 23 Nov 2026 09:18:38 +0000`.
    package let date: String
    /// What stands before the `@` of the Message-ID: letters, digits and hyphens.
    package let id: String

    package init(
        from: Mailbox, to: Mailbox, subject: String, text: String, date: String, id: String
    ) {
        precondition(id.utf8.allSatisfy(isIDCharacter), "an id of a mail is made here")
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.date = date
        self.id = id
    }

    /// The whole message with CRLF line ends, no line longer than 78 octets but those that hold an
    /// address that is longer. Dots are stuffed by whoever sends it.
    package var bytes: [UInt8] {
        let headers = [
            "Date: " + oneLine(date, bytesMax: 60),
            "From: " + from.header,
            "To: " + to.header,
            "Message-ID: <\(id)@\(from.domain)>",
            "Subject: " + unstructured(subject, after: 9),
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            // RFC 3834: nobody's holiday reply comes back, and no list loops.
            "Auto-Submitted: auto-generated",
        ]
        let head = headers.joined(separator: "\r\n") + "\r\n\r\n"
        return Array(head.utf8) + quotedPrintable(text)
    }
}

/// An address and the name that is shown beside it.
package struct Mailbox: Equatable, Sendable {
    package let address: String
    package let name: String

    /// - Returns: `nil` for an address that could end its own brackets, header or command: one with
    ///   spaces, control characters, `<`, `>`, or not exactly one `@` with something on both sides.
    package init?(address: String, name: String = "") {
        let parts = address.utf8.split(
            separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        let isWhole = parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
        let isPlain = address.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
            default: !"<>\"(),:;\\[]".unicodeScalars.contains(scalar)
            }
        }
        guard isWhole, isPlain, address.utf8.count <= 254 else { return nil }
        self.address = address
        self.name = name
    }

    /// Behind the `@`.
    package var domain: String {
        String(address[address.index(after: address.lastIndex(of: "@")!)...])  // `init` saw one
    }

    /// `name <address>`. An address that is not ASCII stands as it is, as SMTPUTF8 writes it.
    fileprivate var header: String {
        let shown = name.unicodeScalars.contains { !$0.properties.isWhitespace }
        guard shown else { return "<\(address)>" }
        return phrase(name) + "\r\n <\(address)>"
    }
}

/// A header's free text: as it is where it is short plain ASCII, else encoded words (RFC 2047) of at
/// most 75 octets, one a line.
///
/// - Parameter after: how much stands before it on its line.
private func unstructured(_ text: String, after used: Int) -> String {
    let clean = withoutControls(text)
    let isPlain = clean.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    // `=?` could be read as an encoded word, and a space at either end would be lost.
    let isTrimmed = clean.first != " " && clean.last != " "
    if isPlain, isTrimmed, !clean.contains("=?"), used + clean.utf8.count <= 78 { return clean }
    return encodedWords(clean, after: used)
}

/// The name before an address: RFC 5322's `phrase` takes letters, digits, hyphens and single spaces.
private func phrase(_ text: String) -> String {
    let clean = withoutControls(text)
    let words = clean.split(separator: " ", omittingEmptySubsequences: false)
    let isPlain = words.allSatisfy { word in
        !word.isEmpty && word.utf8.allSatisfy(isIDCharacter)
    }
    return isPlain && clean.utf8.count <= 60 ? clean : encodedWords(clean, after: 6)
}

private func withoutControls(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: clean.append(" ")
        default: clean.append(scalar)
        }
    }
    return String(clean)
}

/// RFC 2047's Q encoding. A word ends between two scalars, never inside one (§5).
private func encodedWords(_ text: String, after used: Int) -> String {
    let (head, tail) = ("=?utf-8?q?", "?=")
    var words: [String] = []
    var word = ""
    var room = 75 - head.utf8.count - tail.utf8.count - max(0, used - 1)
    for scalar in text.unicodeScalars {
        let encoded = String(scalar).utf8.map(qEncoded).joined()
        if word.utf8.count + encoded.utf8.count > room, !word.isEmpty {
            words.append(word)
            word = ""
            room = 75 - head.utf8.count - tail.utf8.count
        }
        word += encoded
    }
    words.append(word)
    return words.map { head + $0 + tail }.joined(separator: "\r\n ")
}

/// Only what may stand in every place an encoded word may (RFC 2047 §5, rule 3).
private func qEncoded(_ byte: UInt8) -> String {
    if isIDCharacter(byte), byte != UInt8(ascii: "-") {
        return String(Character(Unicode.Scalar(byte)))
    }
    return byte == 0x20 ? "_" : "=" + hexadecimal(byte)
}

/// RFC 2045 §6.7, lines of at most 76 octets.
private func quotedPrintable(_ text: String) -> [UInt8] {
    var output: [UInt8] = []
    for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
        var column = 0
        for (position, byte) in line.enumerated() {
            let isLast = position == line.count - 1
            let piece = quoted(byte, isLast: isLast)
            // The soft break's `=` takes the last place.
            if column + piece.count > 75 {
                output += [0x3D, 0x0D, 0x0A]
                column = 0
            }
            output += piece
            column += piece.count
        }
        output += [0x0D, 0x0A]
    }
    return output
}

private func quoted(_ byte: UInt8, isLast: Bool) -> [UInt8] {
    switch byte {
    // Space at the end of a line is taken off by some on the way.
    case 0x20 where !isLast: [byte]
    case 0x3D: Array("=3D".utf8)
    case 0x21...0x7E: [byte]
    default: Array(("=" + hexadecimal(byte)).utf8)
    }
}

private func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.utf8.count == 1 ? "0" + digits : digits
}

private func isIDCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
}
