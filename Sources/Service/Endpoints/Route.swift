import HTTP

/// One row of the interface: what it is called, who may call it, and what answers.
struct Route: Sendable {
    let method: String
    /// Segments in braces match any one segment: `/v1/admin/incident-queue/{sink}/lease`.
    let template: StaticString
    let access: Access
    /// Whether calling it reads the database, its caller included.
    var asksDatabase = true
    /// Whether a session may call it whose password must be changed first.
    var takesRestricted = false
    let answer: @Sendable (Call) throws(Problem) -> Work

    /// Who may call.
    enum Access: Sendable {
        case anyone
        case application
        case session
        /// An administrator with one of these roles.
        case administrator([Role])
    }
}

/// What an administrator may do. Deny by default: a route names the roles that it takes.
package enum Role: String, CaseIterable, Sendable {
    case auditor
    case `operator`
    case dpo
    case archivist
}

/// What becomes of a call once it was decoded and admitted.
enum Work: Sendable {
    case done(Response)
    /// Goes to the desk: it commits, which a network thread must not wait for.
    case write(@Sendable () throws(Problem) -> Response)
    /// Goes to the desk, to a lane and to the desk again.
    case hash(HashingWork)
}
