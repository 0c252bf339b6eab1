/// Who may call what over HTTP: the one list, read off the routes themselves. Deny by default: a route
/// that names no role takes no administrator, and an administrator's key opens nothing else.
package enum AccessTable {
    package struct Row: Sendable {
        package let method: String
        package let template: String
        /// The roles of which an administrator needs one; empty where no administrator may call.
        package let roles: [Role]
        /// Whether a caller needs a credential at all.
        package let needsCredential: Bool
    }

    package static let rows: [Row] = Route.all.map { route in
        switch route.access {
        case .administrator(let roles): row(route, roles, needsCredential: true)
        case .anyone: row(route, [], needsCredential: false)
        case .application, .session: row(route, [], needsCredential: true)
        }
    }

    /// The administrators' part as the README shows it.
    package static var markdown: [String] {
        ["| call | " + Role.allCases.map(\.rawValue).joined(separator: " | ") + " |"]
            + rows.filter { !$0.roles.isEmpty }.map { row in
                let marks = Role.allCases.map { row.roles.contains($0) ? "yes" : "" }
                return "| `\(row.method) \(row.template)` | " + marks.joined(separator: " | ")
                    + " |"
            }
    }

    private static func row(_ route: Route, _ roles: [Role], needsCredential: Bool) -> Row {
        Row(
            method: route.method, template: route.template.description, roles: roles,
            needsCredential: needsCredential)
    }
}
