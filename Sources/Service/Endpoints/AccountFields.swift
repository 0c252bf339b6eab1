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
///
/// - Parameter language: of its text, where the request chose it.
func answer(_ status: Int, _ value: JSONValue, in language: Language? = nil) -> Response {
    Response(
        status: status,
        headers: [
            (name: "Content-Type", value: "application/json"),
            (name: "Cache-Control", value: "no-store"),
        ] + (language?.headers ?? []),
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
        _ text: String, field: String, email: String?, displayName: String?, for request: Request
    ) throws(Problem) -> HeldPassword {
        try refreshPolicies()
        let language = Language(request)
        let violations = try verdict(
            on: text, email: email, displayName: displayName, in: language)
        guard violations.isEmpty, let held = HeldPassword(text) else {
            throw Problem(
                .passwordRejected, rejection(in: language),
                extra: [
                    .init(name: "field", value: .string(field)),
                    .init(name: "violations", value: .array(violations)),
                ], language: language)
        }
        return held
    }

    /// Every rule that a password of this person would break; empty when it may be set.
    ///
    /// - Throws: 503 when the corpus can no longer be asked: a filter that is half there would let
    ///   through in silence.
    func verdict(
        on text: String, email: String?, displayName: String?, in language: Language
    ) throws(Problem) -> [JSONValue] {
        let context = PasswordContext(
            serviceName: configuration.serviceName.isEmpty ? nil : configuration.serviceName,
            email: email, displayName: displayName)
        let violations: [PasswordViolation]
        do {
            violations = policy.violations(
                of: try Password(text), context: context, blocklist: blocklist, corpus: corpus)
        } catch {
            return [["code": .string(error.code), "message": .string(error.message(in: language))]]
        }
        if let corpus, !corpus.isIntact {
            log.error("the corpus of breached passwords was changed in place: replace and restart")
            throw .corpusLost
        }
        return violations.map {
            [
                "code": .string($0.rawValue),
                "message": .string(policy.message(for: $0, in: language)),
            ]
        }
    }
}

extension Problem {
    /// 422 for a new password that is the one which must be changed.
    static func passwordUnchanged(field: String, for request: Request) -> Problem {
        let language = Language(request)
        let violation: JSONValue = [
            "code": "unchanged", "message": .string(unchanged(in: language)),
        ]
        return Problem(
            .passwordRejected, rejection(in: language),
            extra: [
                .init(name: "field", value: .string(field)),
                .init(name: "violations", value: [violation]),
            ], language: language)
    }
}

private func unchanged(in language: Language) -> String {
    switch language {
    case .english: "Choose another password than the present one: it must be changed."
    case .french: "Choisissez un autre mot de passe que l'actuel : il doit être changé."
    }
}

private func rejection(in language: Language) -> String {
    switch language {
    case .english: "The password does not follow the rule."
    case .french: "Le mot de passe ne suit pas la règle."
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
