package import Accounts

/// The words of one notice: a line `Subject: …`, an empty line, the text. `{{name}}` stands for a value
/// from a closed set of names; nothing else is interpreted, and a value is never looked into.
package struct NoticeTemplate: Equatable, Sendable {
    package enum Placeholder: String, CaseIterable, Hashable, Sendable {
        /// The service's name.
        case service
        /// When it happened.
        case time
        case link
        /// When the link stops opening, or an account that nobody uses is closed.
        case until
        /// What the data protection officer wrote.
        case subject
        case text

        /// Whether a notice of this kind has a value for it.
        fileprivate func belongs(to kind: NoticeKind) -> Bool {
            switch self {
            case .service, .time: true
            case .link: kind.link != nil
            case .until: kind.link != nil || kind == .unusedAccount
            case .subject, .text: kind == .breach
            }
        }
    }

    fileprivate enum Piece: Equatable, Sendable {
        case words(String)
        case value(Placeholder)
    }

    private let subject: [Piece]
    private let text: [Piece]

    /// Five pages; a text this long is read by nobody.
    package static let bytesMax = 16_384

    /// - Parameter file: UTF-8; lines end in LF or CRLF.
    package init(parsing file: [UInt8], for kind: NoticeKind) throws(NoticeTemplateError) {
        guard file.count <= Self.bytesMax else { throw .init(line: 1, .tooLong) }
        guard let whole = String(validating: file, as: UTF8.self) else {
            throw .init(line: lineOfFirstFault(file), .notUTF8)
        }
        // By bytes, because a CR and LF are one character of a `String`.
        var lines = whole.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            Substring($0.last == 0x0D ? $0.dropLast() : $0)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        for (index, line) in lines.enumerated() where line.unicodeScalars.contains(where: isControl)
        {
            throw .init(line: index + 1, .controlCharacter)
        }
        let head = "Subject: "
        guard let first = lines.first, first.hasPrefix(head), first.utf8.count > head.utf8.count
        else { throw .init(line: 1, .noSubject) }
        guard lines.count > 2, lines[1].isEmpty else { throw .init(line: 2, .noEmptyLine) }
        subject = try pieces(first.dropFirst(head.count), line: 1, kind)
        guard !subject.contains(.value(.link)), !subject.contains(.value(.text)) else {
            throw .init(line: 1, .notInSubject)
        }
        var text: [Piece] = []
        for (index, line) in lines.enumerated().dropFirst(2) {
            text += try pieces(line, line: index + 1, kind) + [.words("\n")]
        }
        // A notice that forgets what it is about would be sent, and help nobody.
        for needed in [Placeholder.link, .text]
        where needed.belongs(to: kind) && !text.contains(.value(needed)) {
            throw .init(line: lines.count, .missing(needed))
        }
        self.text = text
    }

    /// - Parameter values: every one that the kind has; what is missing becomes nothing.
    package func filled(_ values: [Placeholder: String]) -> (subject: String, text: String) {
        let joined = { (pieces: [Piece]) in
            pieces.map { piece in
                switch piece {
                case .words(let words): words
                case .value(let name): values[name] ?? ""
                }
            }.joined()
        }
        return (joined(subject), joined(text))
    }

    /// The names that a template of this kind may use, for error messages.
    fileprivate static func names(for kind: NoticeKind) -> String {
        Placeholder.allCases.filter { $0.belongs(to: kind) }.map(\.rawValue).joined(separator: ", ")
    }
}

/// Why a template is refused, and where.
package struct NoticeTemplateError: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        case tooLong
        case notUTF8
        case controlCharacter
        case noSubject
        case noEmptyLine
        /// `{{` without its `}}` on the same line.
        case unfinished
        /// A name that this kind of notice has no value for.
        case unknown(name: String, known: String)
        case notInSubject
        case missing(NoticeTemplate.Placeholder)
    }

    /// From 1.
    package let line: Int
    package let reason: Reason

    init(line: Int, _ reason: Reason) {
        self.line = line
        self.reason = reason
    }

    package var text: String { "line \(line): \(words)" }

    private var words: String {
        switch reason {
        case .tooLong: "expected at most \(NoticeTemplate.bytesMax) bytes"
        case .notUTF8: "expected UTF-8"
        case .controlCharacter: "expected no control characters"
        case .noSubject: "expected Subject: and the subject"
        case .noEmptyLine: "expected an empty line after the subject, and the text after it"
        case .unfinished: "expected }} on the same line as {{"
        case .unknown(let name, let known):
            "there is no {{\(name)}} here; expected one of \(known)"
        case .notInSubject: "{{link}} and {{text}} belong into the text, not into the subject"
        case .missing(let name): "expected {{\(name.rawValue)}} somewhere in the text"
        }
    }
}

private func pieces(
    _ line: Substring, line number: Int, _ kind: NoticeKind
) throws(NoticeTemplateError) -> [NoticeTemplate.Piece] {
    var pieces: [NoticeTemplate.Piece] = []
    var rest = line
    while let start = position(of: "{{", in: rest) {
        if start > rest.startIndex { pieces.append(.words(String(rest[..<start]))) }
        let after = rest[rest.unicodeScalars.index(start, offsetBy: 2)...]
        guard let end = position(of: "}}", in: after) else {
            throw .init(line: number, .unfinished)
        }
        let name = String(after[..<end])
        guard let placeholder = NoticeTemplate.Placeholder(rawValue: name),
            placeholder.belongs(to: kind)
        else {
            throw .init(
                line: number,
                .unknown(
                    name: String(name.unicodeScalars.prefix(40).map(Character.init)),
                    known: NoticeTemplate.names(for: kind)))
        }
        pieces.append(.value(placeholder))
        rest = after[after.unicodeScalars.index(end, offsetBy: 2)...]
    }
    if !rest.isEmpty { pieces.append(.words(String(rest))) }
    return pieces
}

/// Where two equal ASCII characters stand one after the other; by scalars, because a combining mark
/// behind the second would make another character of it.
private func position(of pair: String, in text: Substring) -> String.Index? {
    let scalars = text.unicodeScalars
    let wanted = pair.unicodeScalars.first
    return zip(scalars.indices, scalars.indices.dropFirst()).first {
        scalars[$0.0] == wanted && scalars[$0.1] == wanted
    }?.0
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: scalar != "\t"
    default: false
    }
}

private func lineOfFirstFault(_ bytes: [UInt8]) -> Int {
    var line = 1
    for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
        if String(validating: part, as: UTF8.self) == nil { break }
        line += 1
    }
    return line
}
