import Accounts
import HTTP
import Passwords
import Storage

/// An account as clients see it.
func account(
    _ id: AccountID, _ state: AccountState, _ createdAt: Timestamp, email: String?,
    displayName: String?
) -> JSONValue {
    var members: [JSONValue.Member] = [.init(name: "id", value: .string(id.text))]
    if let email { members.append(.init(name: "email", value: .string(email))) }
    if let displayName {
        members.append(.init(name: "display_name", value: .string(displayName)))
    }
    members.append(.init(name: "state", value: .string(state.name)))
    members.append(.init(name: "created_at", value: .string(createdAt.rfc3339())))
    return .object(members)
}

func account(_ record: AccountStore.Record) -> JSONValue {
    account(
        record.id, record.state, record.createdAt, email: record.profile?.email,
        displayName: record.profile?.displayName)
}

/// A JSON answer that nothing on the way may keep.
func answer(_ status: Int, _ value: JSONValue) -> Response {
    Response(
        status: status,
        headers: [
            (name: "Content-Type", value: "application/json"),
            (name: "Cache-Control", value: "no-store"),
        ],
        body: value.bytes)
}

/// The address of a new account.
func emailAddress(_ text: String) throws(Problem) -> EmailAddress {
    do {
        return try EmailAddress(parsing: text)
    } catch {
        throw .invalid(field: "email", expected: error.expected)
    }
}

func displayName(_ text: String) throws(Problem) -> DisplayName {
    do {
        return try DisplayName(text)
    } catch {
        throw .invalid(
            field: "display_name",
            expected: "1 to \(DisplayName.scalarsMax) characters without control characters")
    }
}

/// `owner_request` unless the request says otherwise.
func closureReason(_ text: String?) throws(Problem) -> ClosureReason {
    guard let text else { return .ownerRequest }
    guard let reason = ClosureReason(rawValue: text) else {
        let words = ClosureReason.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(field: "reason", expected: "one of \(words)")
    }
    return reason
}

extension Node {
    /// A password that may be set for this person.
    ///
    /// - Throws: 422 with every rule it breaks.
    func newPassword(
        _ text: String, field: String, email: String?, displayName: String?
    ) throws(Problem) -> HeldPassword {
        try refreshPolicies()
        let violations = verdict(on: text, email: email, displayName: displayName)
        guard violations.isEmpty, let held = HeldPassword(text) else {
            throw Problem(
                .passwordRejected, "The password does not follow the rule.",
                extra: [
                    .init(name: "field", value: .string(field)),
                    .init(name: "violations", value: .array(violations)),
                ])
        }
        return held
    }

    /// Every rule that a password of this person would break; empty when it may be set.
    func verdict(on text: String, email: String?, displayName: String?) -> [JSONValue] {
        let context = PasswordContext(
            serviceName: configuration.serviceName.isEmpty ? nil : configuration.serviceName,
            email: email, displayName: displayName)
        do {
            return policy.violations(
                of: try Password(text), context: context, blocklist: blocklist
            ).map { ["code": .string($0.rawValue), "message": .string(policy.message(for: $0))] }
        } catch {
            return [["code": .string(error.code), "message": .string(error.message)]]
        }
    }
}

extension PasswordInputError {
    fileprivate var message: String {
        switch self {
        case .invalidEncoding: "The password is not well-formed UTF-8."
        case .tooManyBytes: "Use at most \(PasswordPolicy.scalarsMax) characters."
        }
    }
}

extension EmailAddressError {
    fileprivate var expected: String {
        switch self {
        case .tooLong: "an e-mail address of at most 254 bytes"
        case .missingAt, .severalAts: "an e-mail address with one @"
        case .emptyLocalPart: "an e-mail address with a name before the @"
        case .localPartTooLong: "an e-mail address with at most 64 bytes before the @"
        case .quotedLocalPart: "an e-mail address without quotation marks"
        case .comment: "an e-mail address without parentheses"
        case .misplacedDot: "an e-mail address whose dots stand between other characters"
        case .forbiddenCharacter: "an e-mail address without spaces and invisible characters"
        case .addressLiteral: "an e-mail address with a domain name, not a number"
        case .domainWithoutDot: "an e-mail address whose domain has a dot"
        case .domainNotASCII: "an e-mail address whose domain is written in ASCII (xn--…)"
        case .invalidDomain: "an e-mail address with a well-formed domain name"
        }
    }
}
