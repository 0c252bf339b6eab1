package import HTTP
package import Passwords

/// A refusal as the client reads it: `application/problem+json` (RFC 9457) with a stable `code`.
///
/// Says what the client can act on, and never which half of a credential was wrong.
package struct Problem: Error, Equatable, Sendable {
    package let status: Int
    /// Stable; clients switch on it.
    package let code: Code
    /// One sentence for a person.
    package let detail: String
    /// Further members, such as `field` or `violations`.
    package let extra: [JSONValue.Member]
    package let retryAfterSeconds: Int?
    /// The methods that a path takes, for `Allow` (RFC 9110 §15.5.6).
    private let allowed: [String]
    /// Of the text, where it was chosen by the request.
    private let language: Language?

    package enum Code: String, CaseIterable, Sendable {
        case passwordRejected = "password_rejected"
        case passwordChangeRequired = "password_change_required"
        case passwordBlocked = "password_blocked"
        case identifierUnavailable = "identifier_unavailable"
        case invalidCredentials = "invalid_credentials"
        case throttled
        case overloaded
        case unavailable
        case invalidRequest = "invalid_request"
        case unauthorized
        case forbidden
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case staleLease = "stale_lease"
        /// The life cycle does not allow it in the account's state.
        case accountState = "account_state"
        case notTheOwner = "not_the_owner"
        case auditInProgress = "audit_in_progress"
        case sinkPaused = "sink_paused"
        case notBasedOnConsent = "not_based_on_consent"
        case unknownPolicyVersion = "unknown_policy_version"
        case policyVersionExists = "policy_version_exists"
        case limitReached = "limit_reached"
        case idempotencyInProgress = "idempotency_in_progress"
        case idempotencyKeyReused = "idempotency_key_reused"
        case incidentState = "incident_state"
        case incidentUnsettled = "incident_unsettled"
        case reasonRequired = "reason_required"
        case internalError = "internal_error"

        package var status: Int {
            switch self {
            case .passwordRejected, .idempotencyKeyReused, .reasonRequired, .notBasedOnConsent,
                .unknownPolicyVersion:
                422
            case .identifierUnavailable, .staleLease, .accountState, .notTheOwner, .auditInProgress,
                .sinkPaused,
                .idempotencyInProgress, .incidentState, .incidentUnsettled,
                .policyVersionExists, .limitReached:
                409
            case .invalidCredentials, .unauthorized: 401
            case .throttled: 429
            case .overloaded, .unavailable: 503
            case .invalidRequest: 400
            case .forbidden, .passwordChangeRequired, .passwordBlocked: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .tooLarge: 413
            case .unsupportedMediaType: 415
            case .internalError: 500
            }
        }
    }

    package init(
        _ code: Code, _ detail: String, status: Int? = nil, extra: [JSONValue.Member] = [],
        retryAfterSeconds: Int? = nil, allowed: [String] = [], language: Language? = nil
    ) {
        self.status = status ?? code.status
        self.code = code
        self.detail = detail
        self.extra = extra
        self.retryAfterSeconds = retryAfterSeconds
        self.allowed = allowed
        self.language = language
    }

    /// A field that is missing or not as expected.
    static func invalid(field: String, expected: String) -> Problem {
        Problem(
            .invalidRequest, "\(field): expected \(expected)",
            extra: [.init(name: "field", value: .string(field))])
    }

    /// The one answer to an unknown, wrong, suspended, closed or malformed sign-in.
    static let invalidCredentials = Problem(
        .invalidCredentials, "The e-mail address or the password is not right.")

    /// What a session may not do while its password breaks the policy in force.
    static let passwordChangeRequired = Problem(
        .passwordChangeRequired,
        "The password no longer follows the rule: change it, close the account or sign out.")

    /// Only after the right password.
    static let passwordBlocked = Problem(
        .passwordBlocked, "The password no longer follows the rule and cannot be used any more.")

    static let unauthorized = Problem(
        .unauthorized, "A valid key or session is needed: Authorization: Bearer …")

    static func methodNotAllowed(allowed: [String]) -> Problem {
        let all = allowed.contains("GET") ? allowed + ["HEAD"] : allowed
        return Problem(
            .methodNotAllowed, "This path takes \(all.joined(separator: ", ")).", allowed: all)
    }

    static let notFound = Problem(.notFound, "There is nothing at this path.")

    static let internalError = Problem(
        .internalError, "Something went wrong on our side; it was logged.")

    /// The database cannot be used now. Whether a change that was being committed took place is not
    /// known: with an Idempotency-Key it is safe to ask again.
    static let unavailable = Problem(
        .unavailable, "The service cannot use its database now; try again.",
        retryAfterSeconds: 1)

    /// The corpus of breached passwords changed under the service, which asks it no more.
    static let corpusLost = Problem(
        .unavailable, "The service cannot look passwords up now; nothing was done.",
        retryAfterSeconds: 60)

    static func overloaded(retryAfterSeconds: Int) -> Problem {
        Problem(
            .overloaded, "Too many passwords are being checked at the moment; nothing was done.",
            retryAfterSeconds: retryAfterSeconds)
    }

    static func throttled(retryAfterSeconds: Int) -> Problem {
        Problem(
            .throttled, "Too many failed attempts; even the right password is refused for now.",
            retryAfterSeconds: retryAfterSeconds)
    }

    package var response: Response {
        let members: [JSONValue.Member] =
            [
                .init(name: "type", value: .string("about:blank")),
                .init(name: "title", value: .string(reasonPhrase)),
                .init(name: "status", value: .integer(Int64(status))),
                .init(name: "code", value: .string(code.rawValue)),
                .init(name: "detail", value: .string(detail)),
            ] + extra
        var headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
        if let retryAfterSeconds { headers.append(("Retry-After", String(retryAfterSeconds))) }
        if !allowed.isEmpty { headers.append(("Allow", allowed.joined(separator: ", "))) }
        // RFC 9110 §15.5.2 asks for it with every 401.
        if status == 401 { headers.append(("WWW-Authenticate", "Bearer")) }
        return Response(
            status: status,
            headers: headers.map { (name: $0.0, value: $0.1) } + (language?.headers ?? []),
            body: JSONValue.object(members).bytes)
    }

    /// RFC 9457: with `about:blank` the title is the status's own phrase.
    private var reasonPhrase: String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        default: "Internal Server Error"
        }
    }
}
