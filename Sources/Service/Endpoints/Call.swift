import Accounts
import HTTP
import Incidents
import Passwords
import Secrets
import Storage

/// One request to one route, with what the route's template and access check found.
struct Call: Sendable {
    let node: Node
    let request: Request
    /// The segments that stood where the template has braces, in order.
    let segments: [String]
    let caller: Caller

    enum Caller: Sendable {
        case anyone
        case application(APIKeyStore.Record)
        case administrator(APIKeyStore.Record)
        case session(SessionStore.Record)
    }

    /// The application's id; of the application that opened the session, where a session calls.
    var application: String {
        switch caller {
        case .application(let key), .administrator(let key): key.id
        case .session(let session): session.application
        case .anyone: ""
        }
    }

    /// - Throws: 401 where the route is not for sessions.
    func session() throws(Problem) -> SessionStore.Record {
        guard case .session(let session) = caller else { throw .unauthorized }
        return session
    }
}

extension Node {
    /// Who calls, as far as the route asks.
    ///
    /// - Throws: 401 without a valid credential of the right kind, 403 without the role, or when the
    ///   password must be changed before the session may do this.
    func authenticate(
        _ request: Request, for route: Route
    ) throws(Problem) -> Call.Caller {
        switch route.access {
        case .anyone: return .anyone
        case .application:
            return .application(try apiKey(request, .application, prefix: .application))
        case .administrator(let roles):
            let key = try apiKey(request, .administrator, prefix: .administrator)
            guard roles.contains(where: { key.roles.contains($0.rawValue) }) else {
                throw Problem(.forbidden, "This key does not hold the role that this needs.")
            }
            return .administrator(key)
        case .session:
            guard let token = bearer(request), let session = try liveSession(token) else {
                throw .unauthorized
            }
            guard !session.isRestricted || route.takesRestricted else {
                throw .passwordChangeRequired
            }
            return .session(session)
        }
    }

    private func apiKey(
        _ request: Request, _ kind: APIKeyStore.Kind, prefix: Token.Kind
    ) throws(Problem) -> APIKeyStore.Record {
        guard let token = bearer(request), token.kind == prefix else { throw .unauthorized }
        let key = try withProblems { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                try APIKeyStore.find(digest: token.digest, kind, reader)
            }
        }
        guard let key, key.isValid(at: clock()) else { throw .unauthorized }
        return key
    }

    /// The id of the administrator whose valid key lacks the role.
    func refusedAdministrator(_ request: Request) -> String? {
        do throws(Problem) {
            return try apiKey(request, .administrator, prefix: .administrator).id
        } catch {
            return nil
        }
    }

    /// Writes down that an administrator called a route. The object is its path, in which only opaque
    /// ids stand for themselves: what else a caller writes there may be anything.
    func record(
        call action: String, _ route: Route, _ segments: [String], by actor: String
    ) throws(Problem) {
        var rest = segments[...]
        let path = route.template.description.split(
            separator: "/", omittingEmptySubsequences: false
        ).map { part in
            guard part.hasPrefix("{"), let segment = rest.popFirst() else { return String(part) }
            return isOpaque(segment) ? segment : String(part)
        }
        try withProblems { () throws(DatabaseError) in
            try database.transaction { transaction throws(DatabaseError) in
                try audit(
                    action: action, of: route.method + " " + path.joined(separator: "/"),
                    by: actor, at: clock(), transaction)
            }
        }
    }

    /// The token in `Authorization: Bearer …` (RFC 6750 §2.1).
    func bearer(_ request: Request) -> Token? {
        guard let header = request.header("Authorization") else { return nil }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return Token(parsing: String(parts[1]))
    }
}

/// `acc_` and 26 characters, or an event's id.
private func isOpaque(_ segment: String) -> Bool {
    AccountID(parsing: segment) != nil || IncidentID(parsing: segment) != nil
        || AdministratorID(parsing: segment) != nil || EventID(parsing: segment) != nil
}
