import Accounts
import Incidents
import Service
import Storage

/// What a command about incidents shows.
enum IncidentAnswer: Sendable {
    case list([IncidentStore.Record])
    case file(IncidentBook.File)
    case record(IncidentStore.Record)
    case dossier(IncidentBook.DossierCopy, isPage: Bool)
    case versions([IncidentFileStore.DossierVersion])
    case affected(IncidentBook.AffectedPage)
    case done

    var json: JSONValue {
        switch self {
        case .list(let records): .array(records.map { $0.json(at: systemTime()) })
        case .file(let file): file.json(at: systemTime())
        case .record(let record): record.json(at: systemTime())
        case .dossier(let copy, _): copy.json
        case .versions(let versions): .array(versions.map(\.json))
        case .affected(let page): page.json
        case .done: [:]
        }
    }

    func text(at now: Timestamp) -> String {
        switch self {
        case .list(let records): table(records.map { row($0, now) })
        case .file(let file): self.file(file, now)
        case .record(let record): table([row(record, now)])
        case .dossier(let copy, _): copy.html
        case .versions(let versions):
            table(
                versions.map {
                    ["\($0.number)", $0.kind.rawValue, $0.at.rfc3339(), $0.actor]
                })
        case .affected(let page): page.accounts.map(\.text).joined(separator: "\n")
        case .done: ""
        }
    }

    private func row(_ record: IncidentStore.Record, _ now: Timestamp) -> [String] {
        let incident = record.incident
        return [
            incident.id.text, incident.state.rawValue, incident.severity.rawValue,
            incident.openedAt.rfc3339(), left(incident, now), about(incident),
        ]
    }

    private func about(_ incident: Incident) -> String {
        let reason =
            incident.dismissedBecause.isEmpty ? "" : " (dismissed: \(incident.dismissedBecause))"
        if !incident.thing.isEmpty { return incident.thing + reason }
        let who = incident.processor.isEmpty ? "reported" : "reported by " + incident.processor
        let summary = incident.summary.split(separator: "\n").first ?? ""
        return "\(who): \(summary)\(reason)"
    }

    /// `61 h 12 min left`, `missed by 3 h 0 min`, or that no clock runs.
    private func left(_ incident: Incident, _ now: Timestamp) -> String {
        guard let deadline = incident.deadline else {
            return incident.clock.notifyBy == nil ? "no clock" : "settled"
        }
        let minutes = abs((deadline - now).seconds) / 60
        let span = "\(minutes / 60) h \(minutes % 60) min"
        return now > deadline ? "missed by \(span)" : "\(span) left"
    }

    private func file(_ file: IncidentBook.File, _ now: Timestamp) -> String {
        let incident = file.record.incident
        let none = "-"
        var facts = [
            ["id", incident.id.text], ["state", incident.state.rawValue],
            ["severity", incident.severity.rawValue], ["about", about(incident)],
            ["opened", incident.openedAt.rfc3339()],
            ["suspected", incident.clock.suspectedAt?.rfc3339() ?? none],
            ["aware", incident.clock.awareAt?.rfc3339() ?? none],
            ["processor told us", incident.clock.processorNotifiedAt?.rfc3339() ?? none],
            ["notify by", incident.clock.notifyBy?.rfc3339() ?? none],
            ["clock", left(incident, now)],
        ]
        for audience in IncidentAudience.allCases {
            let duty = incident.duties[audience]
            let word = duty?.toldAt == nil ? "not told" : "told"
            let reason = duty.map { $0.reason.isEmpty ? "" : ": " + $0.reason } ?? ""
            let said = duty.map { "\(word) \($0.at.rfc3339())\(reason)" } ?? none
            facts.append([audience.rawValue, said])
        }
        let evidence = file.findings.map {
            ["  " + $0.lastTime.rfc3339(), $0.severity.rawValue, $0.message]
        }
        let timeline = file.timeline.map {
            ["  " + $0.at.rfc3339(), $0.actor, $0.action, $0.text]
        }
        return table(facts) + "\n\nevidence\n" + (evidence.isEmpty ? "  none" : table(evidence))
            + "\n\ntimeline\n" + table(timeline)
    }
}
