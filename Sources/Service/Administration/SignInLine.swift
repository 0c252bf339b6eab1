package import Accounts
import Secrets

/// One sign-in event of a file, as `loquet detect replay` reads it:
///
///     {"time":"RFC 3339","outcome":"success"|"failure"|"unknown_account"|"throttled",
///      "account":"…","source":"203.0.113.7","password_tag":"…"?,"count":1?,
///      "breached":false?,"canary":false?}
///
/// `account` and `password_tag` are any text of 1 to 1 024 bytes; equal texts are the same. `source`
/// may be left out or null, as the log has sign-ins of applications that name no address. A member
/// that is none of these is ignored, and its name told.
///
/// A line in plain spelling (no escapes, no fractions, ASCII) is read in one pass; every other one by
/// ``JSONReader``. A fuzz target holds the two to the same meaning.
package struct SignInLine: Sendable {
    package let time: Timestamp
    package let attempt: SignInAttempt
    /// As it was written.
    package let account: String
    /// Members that nobody asked for.
    package let ignored: [String]

    /// Bytes of an account or a tag.
    package static let textBytesMax = 1_024

    /// - Parameter isPlainTried: `false` reads every line by ``JSONReader``; for comparing.
    package init(
        _ line: ArraySlice<UInt8>, isPlainTried: Bool = true
    ) throws(SignInLineError) {
        if isPlainTried, let fields = SignInFields(plain: line) {
            try self.init(fields)
        } else {
            try self.init(SignInFields(json: line))
        }
    }

    private init(_ fields: SignInFields) throws(SignInLineError) {
        guard let written = fields.time, let time = Timestamp(rfc3339: written) else {
            throw .field("time", expected: "an RFC 3339 time such as 2026-11-22T22:04:31Z")
        }
        guard let word = fields.outcome, let outcome = Self.outcome(word) else {
            throw .field("outcome", expected: "success, failure, unknown_account or throttled")
        }
        guard let account = fields.account, (1...Self.textBytesMax).contains(account.count) else {
            throw .field("account", expected: "a text of 1 to \(Self.textBytesMax) bytes")
        }
        var source: SourceAddress?
        if let written = fields.source {
            guard let address = SourceAddress(parsing: written) else {
                throw .field("source", expected: "an IPv4 or IPv6 address")
            }
            source = address
        }
        var tags: [PasswordTags] = []
        if let written = fields.passwordTag {
            guard (1...Self.textBytesMax).contains(written.count) else {
                throw .field("password_tag", expected: "a text of 1 to \(Self.textBytesMax) bytes")
            }
            let tag = PasswordTag(replayed: written)
            tags = [PasswordTags(current: tag, previous: tag)]
        }
        guard (1...1_000_000_000).contains(fields.count) else {
            throw .field("count", expected: "a whole number, 1 ... 1000000000")
        }
        self.time = time
        self.account = String(decoding: account, as: UTF8.self)
        ignored = fields.ignored
        attempt = SignInAttempt(
            outcome: outcome, account: Self.subject(account, outcome), source: source, tags: tags,
            count: Int(fields.count), isBreached: fields.isBreached, isCanary: fields.isCanary)
    }

    private static func outcome(_ word: ArraySlice<UInt8>) -> SignInOutcome? {
        SignInOutcome.allCases.first { $0.rawValue.utf8.elementsEqual(word) }
    }

    private static func subject(
        _ account: ArraySlice<UInt8>, _ outcome: SignInOutcome
    ) -> AttemptedAccount {
        let digest = Digest.sha256(of: Array(account))
        return outcome == .unknownAccount
            ? .unknown(UnknownID(locator: digest))
            : .known(AccountID(bytes: Array(digest.bytes[..<16])))
    }
}

/// Why a line is no sign-in event. Holds names of members and what was expected, nothing of the line.
package enum SignInLineError: Error, Equatable, Sendable {
    /// Not one JSON object; the text says what was expected where.
    case notJSON(String)
    case field(String, expected: String)

    package var text: String {
        switch self {
        case .notJSON(let reason): reason
        case .field(let name, let expected): "\(name): expected \(expected)"
        }
    }
}

/// The members of a line, not judged yet.
private struct SignInFields {
    var time: ArraySlice<UInt8>?
    var outcome: ArraySlice<UInt8>?
    var account: ArraySlice<UInt8>?
    var source: ArraySlice<UInt8>?
    var passwordTag: ArraySlice<UInt8>?
    var count: Int64 = 1
    var isBreached = false
    var isCanary = false
    var ignored: [String] = []

    init(json line: ArraySlice<UInt8>) throws(SignInLineError) {
        let value: JSONValue
        do {
            value = try JSONReader.read(Array(line))
        } catch {
            throw .notJSON(Self.reason(error))
        }
        guard case .object(let members) = value else {
            throw .notJSON("expected one JSON object, got \(value.kind)")
        }
        for member in members {
            switch (member.name, member.value) {
            case ("time", .string(let text)): time = Array(text.utf8)[...]
            case ("outcome", .string(let text)): outcome = Array(text.utf8)[...]
            case ("account", .string(let text)): account = Array(text.utf8)[...]
            case ("source", .string(let text)): source = Array(text.utf8)[...]
            case ("source", .null), ("password_tag", .null): continue
            case ("password_tag", .string(let text)): passwordTag = Array(text.utf8)[...]
            case ("count", .integer(let number)): count = number
            case ("breached", .boolean(let flag)): isBreached = flag
            case ("canary", .boolean(let flag)): isCanary = flag
            case ("time", _), ("outcome", _), ("account", _), ("source", _), ("password_tag", _):
                throw .field(member.name, expected: "a text")
            case ("count", _): throw .field("count", expected: "a whole number, 1 ... 1000000000")
            case ("breached", _), ("canary", _):
                throw .field(member.name, expected: "true or false")
            default: ignored.append(member.name)
            }
        }
    }

    /// - Returns: `nil` for a line that is not in plain spelling; nothing is said about it then.
    init?(plain line: ArraySlice<UInt8>) {
        var reader = PlainReader(line)
        var seen: UInt8 = 0
        guard reader.take(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let name = reader.string(), reader.take(UInt8(ascii: ":")),
                let field = Field(name)
            else { return nil }
            guard seen & 1 << field.rawValue == 0 else { return nil }
            seen |= 1 << field.rawValue
            switch field {
            case .time: time = reader.string()
            case .outcome: outcome = reader.string()
            case .account: account = reader.string()
            case .source: source = reader.string()
            case .passwordTag: passwordTag = reader.string()
            case .count:
                guard let number = reader.number() else { return nil }
                count = number
            case .breached, .canary:
                guard let flag = reader.boolean() else { return nil }
                if field == .breached { isBreached = flag } else { isCanary = flag }
            }
            guard !reader.hasFailed else { return nil }
        } while reader.take(UInt8(ascii: ","))
        guard reader.take(UInt8(ascii: "}")), reader.isAtEnd else { return nil }
    }

    private enum Field: UInt8, CaseIterable {
        case time, outcome, account, source, passwordTag, count, breached, canary

        init?(_ name: ArraySlice<UInt8>) {
            for field in Field.allCases where field.name.utf8.elementsEqual(name) {
                self = field
                return
            }
            return nil
        }

        private var name: String {
            switch self {
            case .time: "time"
            case .outcome: "outcome"
            case .account: "account"
            case .source: "source"
            case .passwordTag: "password_tag"
            case .count: "count"
            case .breached: "breached"
            case .canary: "canary"
            }
        }
    }

    private static func reason(_ error: JSONError) -> String {
        switch error {
        case .unexpected(let offset, let expected): "expected \(expected) at byte \(offset + 1)"
        case .invalidUTF8(let offset): "expected UTF-8 at byte \(offset + 1)"
        case .tooDeep(let offset): "nested too deeply at byte \(offset + 1)"
        case .duplicate(let field): "\(field): expected once"
        }
    }
}

/// Tokens of JSON in plain spelling, between spaces that are passed over.
private struct PlainReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    /// Whether something was asked for that was not there.
    private(set) var hasFailed = false

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.endIndex
        }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.endIndex, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func string() -> ArraySlice<UInt8>? {
        guard take(UInt8(ascii: "\"")) else { return fail() }
        let start = position
        while position < bytes.endIndex {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return bytes[start..<position - 1]
            }
            guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else { return fail() }
            position += 1
        }
        return fail()
    }

    /// Up to 18 digits without a leading zero.
    mutating func number() -> Int64? {
        skipSpace()
        let start = position
        var number: Int64 = 0
        while position < bytes.endIndex, (0x30...0x39).contains(bytes[position]) {
            guard position - start < 18 else { return fail() }
            number = number * 10 + Int64(bytes[position] - 0x30)
            position += 1
        }
        guard position > start, bytes[start] != 0x30 else { return fail() }
        return number
    }

    mutating func boolean() -> Bool? {
        skipSpace()
        for (word, value) in [("true", true), ("false", false)]
        where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        return fail()
    }

    private mutating func skipSpace() {
        while position < bytes.endIndex, bytes[position] == 0x20 || bytes[position] == 0x09 {
            position += 1
        }
    }

    private mutating func fail<Value>() -> Value? {
        hasFailed = true
        return nil
    }
}
