package import Accounts
package import Passwords

/// What is wrong with one line of an import. Names the field and what was expected; never what stood
/// there, which may be somebody's address or hash.
package struct ImportLineError: Error, Equatable, Sendable {
    /// A field of the line, or `line` for the line itself.
    package let field: String
    package let expected: String
}

/// One account of an import: a JSON object on a line of its own.
///
///     {"email":"ada@example.com","password_hash":"$2b$12$…","display_name":"Ada",
///      "created_at":"2024-02-29T12:00:00Z","application":"app_…"}
///
/// `email` and `password_hash` must be there; a field that is not listed is refused by its name.
package struct ImportLine: Sendable {
    /// Bytes of one line. Everything in it is bounded, the longest by 800 bytes; this leaves room for
    /// escapes.
    package static let bytesMax = 16_384

    package let email: EmailAddress
    package let hash: PasswordHash
    package let displayName: DisplayName?
    /// `nil`: when it is imported.
    package let createdAt: Timestamp?
    /// `nil`: the import's.
    package let application: String?

    private static let fields = [
        "email", "password_hash", "display_name", "created_at", "application",
    ]

    /// - Parameter now: no account was made later.
    package init(_ bytes: [UInt8], at now: Timestamp) throws(ImportLineError) {
        let members = try Self.members(bytes)
        for member in members where !Self.fields.contains(member.name) {
            throw ImportLineError(
                field: Self.shown(member.name),
                expected: "one of the fields \(Self.fields.joined(separator: ", "))")
        }
        func text(_ name: String) throws(ImportLineError) -> String? {
            guard let value = members.first(where: { $0.name == name })?.value else { return nil }
            guard case .string(let text) = value else {
                throw ImportLineError(field: name, expected: "a string, got \(value.kind)")
            }
            return text
        }
        func needed(_ name: String) throws(ImportLineError) -> String {
            guard let text = try text(name) else {
                throw ImportLineError(field: name, expected: "a string; it is missing")
            }
            return text
        }
        email = try Self.email(try needed("email"))
        do {
            hash = try PasswordHash(try needed("password_hash"))
        } catch let error as ForeignHashError {
            throw ImportLineError(field: "password_hash", expected: error.expected)
        } catch let error as ImportLineError {
            throw error
        } catch {
            preconditionFailure("no other error is thrown")
        }
        displayName = try text("display_name").map(Self.displayName)
        createdAt = try text("created_at").map { text throws(ImportLineError) in
            guard let time = Timestamp(rfc3339: text), time >= .epoch, time <= now else {
                throw ImportLineError(
                    field: "created_at",
                    expected: "a time such as 2024-02-29T12:00:00Z, from 1970 and not in the future"
                )
            }
            return time
        }
        application = try text("application")
    }

    private static func members(
        _ bytes: [UInt8]
    ) throws(ImportLineError) -> [JSONValue.Member] {
        do {
            guard case .object(let members) = try JSONReader.read(bytes) else {
                throw ImportLineError(field: "line", expected: "a JSON object")
            }
            return members
        } catch let error as ImportLineError {
            throw error
        } catch let error as JSONError {
            switch error {
            case .unexpected(let offset, let expected):
                throw ImportLineError(field: "line", expected: "\(expected) at byte \(offset)")
            case .invalidUTF8(let offset):
                throw ImportLineError(field: "line", expected: "UTF-8 at byte \(offset)")
            case .tooDeep(let offset):
                throw ImportLineError(
                    field: "line", expected: "less nesting at byte \(offset)")
            case .duplicate(let name):
                throw ImportLineError(field: shown(name), expected: "each field once")
            }
        } catch {
            preconditionFailure("no other error is thrown")
        }
    }

    private static func email(_ text: String) throws(ImportLineError) -> EmailAddress {
        do {
            return try EmailAddress(parsing: text)
        } catch {
            throw ImportLineError(
                field: "email", expected: "an e-mail address (\(error.rawValue))")
        }
    }

    private static func displayName(_ text: String) throws(ImportLineError) -> DisplayName {
        do {
            return try DisplayName(text)
        } catch {
            throw ImportLineError(
                field: "display_name",
                expected: "1 ... \(DisplayName.scalarsMax) characters (\(error.rawValue))")
        }
    }

    /// A name that looks like one. Anything else may be a person's address in the wrong place.
    private static func shown(_ name: String) -> String {
        let isName =
            (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
                default: false
                }
            }
        return isName ? name : "a field whose name is no word"
    }
}
