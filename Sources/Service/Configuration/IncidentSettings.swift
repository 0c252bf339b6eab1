package import Incidents

/// `incidents.*`.
package struct IncidentSettings: Sendable {
    package var limit = BreachNotificationLimit.gdpr
    package var start = BreachClockStart.suspicion
    /// Who is responsible, as the dossier says it; empty leaves it to a person.
    package var controller = ""
    /// Whom the authority asks; likewise.
    package var contact = ""
}

extension Setting {
    static let incidents: [Setting] = [
        Setting(
            name: "incidents.notify_hours",
            kind: .integer(1...720, unit: "hours") {
                $1.incidents.limit = BreachNotificationLimit(hours: $0) ?? .gdpr
            }),
        Setting(
            name: "incidents.clock_start",
            kind: .text(expected: "suspicion or awareness") {
                guard let start = BreachClockStart(rawValue: $0) else { return false }
                $1.incidents.start = start
                return true
            }),
        Setting(
            name: "incidents.controller",
            kind: .text(expected: "a text of at most 500 characters") {
                $1.incidents.controller = $0
                return isShort($0)
            }),
        Setting(
            name: "incidents.contact",
            kind: .text(expected: "a text of at most 500 characters") {
                $1.incidents.contact = $0
                return isShort($0)
            }),
    ]

    private static func isShort(_ text: String) -> Bool { text.unicodeScalars.count <= 500 }
}
