import Accounts

/// Fills the form in.
struct DossierForm {
    let facts: Dossier.Facts
    let decided: [DossierField: String]

    private var incident: Incident { facts.incident }

    var sections: [Dossier.Section] {
        [
            section(
                "controller", "Responsable du traitement",
                [
                    asked(.controller, known: facts.controller),
                    asked(.contact, known: facts.contact),
                ]),
            section(
                "timeline", "Chronologie et délai de \(incident.clock.limit.hours) heures", times),
            section("breach", "Violation", breach),
            section(
                "data", "Données et personnes concernées",
                [
                    asked(.dataCategories, known: isDetected ? "contact,credentials" : ""),
                    asked(.sensitiveData), asked(.recordsCount), asked(.peopleCategories),
                    people, coverage,
                ]),
            section(
                "consequences", "Conséquences", [asked(.consequences), asked(.severity)]),
            section(
                "measures", "Mesures",
                [
                    asked(
                        .measuresBefore,
                        known: facts.measures.map { "– " + $0 }.joined(separator: "\n")),
                    asked(.measuresAfter),
                ]),
            section(
                "information", "Information de l’autorité et des personnes",
                [authority, informed, asked(.peopleInformation, known: untold)]),
            section(
                "parties", "Sous-traitants et caractère transfrontalier",
                [asked(.processors, known: incident.processor), asked(.crossBorder)]),
        ]
    }

    private var isDetected: Bool { incident.origin == .detected }

    private func section(
        _ id: String, _ title: String, _ items: [Dossier.Item]
    ) -> Dossier.Section {
        .init(id: id, title: title, items: items)
    }

    private func fact(_ id: String, _ label: String, _ value: String) -> Dossier.Item {
        .init(id: id, label: label, value: value, from: .service)
    }

    /// - Parameter known: what the service would say, as the field keeps it; empty where it cannot.
    private func asked(_ field: DossierField, known: String = "") -> Dossier.Item {
        if let value = decided[field] {
            return .init(
                id: field.rawValue, label: field.label, value: field.shown(value), from: .person)
        }
        return .init(
            id: field.rawValue, label: field.label,
            value: known.isEmpty ? nil : field.shown(known),
            from: known.isEmpty ? .open : .service)
    }

    private var times: [Dossier.Item] {
        let clock = incident.clock
        let text = { (time: Timestamp?, none: String) in time.map(Dossier.french) ?? none }
        return [
            fact("incident", "Référence de l’incident", incident.id.text),
            fact("started_at", "Début de la violation", Dossier.french(incident.firstAt)),
            fact("last_seen_at", "Dernier fait constaté", Dossier.french(incident.lastAt)),
            asked(.endedAt),
            fact("suspected_at", "Première suspicion", text(clock.suspectedAt, "aucune")),
            fact("aware_at", "Prise de connaissance", text(clock.awareAt, "non confirmée")),
            fact(
                "processor_notified_at", "Notification par un sous-traitant",
                text(clock.processorNotifiedAt, "aucune")),
            fact(
                "notify_by", "Échéance de notification",
                clock.notifyBy.map { "\(Dossier.french($0)), soit \(clock.limit.hours) heures" }
                    ?? "le délai ne court pas"),
            fact("discovered_by", "Circonstances de la découverte", discovery),
        ]
    }

    private var discovery: String {
        switch incident.origin {
        case .processor: "Signalement d’un sous-traitant : \(incident.processor)"
        case .person: "Signalement saisi par un administrateur"
        case .detected:
            "Détection automatique : "
                + Self.unique(facts.findings.map { Self.french($0.type) }).joined(separator: ", ")
        }
    }

    private var breach: [Dossier.Item] {
        let types = Set(facts.findings.map(\.type))
        let isForged = types.contains(.auditTampering)
        let nature = isForged ? "integrity" : "confidentiality"
        let isInside = types.contains(.massExport) || isForged
        return [
            fact("state", "État de l’incident", Self.french(incident.state)),
            asked(.nature, known: isDetected ? nature : ""),
            asked(.origin, known: isDetected && !isInside ? "hacking" : ""),
            asked(.cause), asked(.description, known: described),
        ]
    }

    /// What was found, or what was reported.
    private var described: String {
        guard isDetected else { return incident.summary }
        let shown = facts.findings.prefix(20).map { finding in
            "– \(Self.french(finding.type)) (\(finding.subject)) : \(finding.count) "
                + "\(Self.counted(finding.type)), \(finding.succeeded) connexion(s) réussie(s), du "
                + "\(Dossier.french(finding.startTime)) au \(Dossier.french(finding.lastTime))"
        }
        let rest = facts.findings.count - shown.count
        return (shown + (rest > 0 ? ["– et \(rest) autres constats"] : []))
            .joined(separator: "\n")
    }

    private var people: Dossier.Item {
        let scope = facts.scope
        let known = max(facts.affected, scope.unlisted)
        return asked(.peopleCount, known: known == 0 && scope.isOpenEnded ? "" : String(known))
    }

    private var coverage: Dossier.Item {
        let scope = facts.scope
        var parts = [
            "\(Dossier.grouped(facts.affected)) compte(s) dans la liste des comptes concernés"
        ]
        if scope.isEverybody { parts.append("tous les comptes sont présumés concernés") }
        if scope.isOpenEnded { parts.append("d’autres comptes peuvent l’être") }
        return fact("accounts", "Comptes connus du service", parts.joined(separator: " ; "))
    }

    private var authority: Dossier.Item {
        told(.authority, "authority_notified", "Notification à l’autorité")
    }

    private var informed: Dossier.Item {
        told(.people, "people_notified", "Information des personnes concernées")
    }

    /// Where nobody is told, nothing is to be said of how.
    private var untold: String {
        let isUntold =
            incident.duties[.people]?.waivedAt != nil || !incident.dismissedBecause.isEmpty
        return isUntold ? "Sans objet : les personnes ne sont pas informées" : ""
    }

    private func told(
        _ audience: IncidentAudience, _ id: String, _ label: String
    ) -> Dossier.Item {
        switch incident.duties[audience] {
        case .told(let at, let late):
            let reason = late.isEmpty ? "" : " ; hors délai, motif : \(late)"
            return fact(id, label, "Oui, le \(Dossier.french(at))\(reason)")
        case .waived(_, let reason):
            return .init(id: id, label: label, value: "Non, motif : \(reason)", from: .person)
        case nil:
            // A false alarm is told to nobody, and the register says why.
            guard incident.dismissedBecause.isEmpty else {
                return fact(id, label, "Non, alerte écartée : \(incident.dismissedBecause)")
            }
            return .init(id: id, label: label, value: nil, from: .open)
        }
    }

    private static func french(_ state: IncidentState) -> String {
        switch state {
        case .open: "Ouvert, en cours de qualification"
        case .confirmed: "Violation confirmée"
        case .dismissed: "Écarté"
        case .closed: "Clos"
        }
    }

    static func french(_ type: EventType) -> String {
        switch type {
        case .bruteForce: "essais de mots de passe sur un compte"
        case .passwordSpraying: "un mot de passe essayé sur de nombreux comptes"
        case .credentialStuffing: "bourrage d’identifiants"
        case .distributedGuessing: "essais distribués"
        case .leakedPassword: "mots de passe divulgués"
        case .canary: "connexion à un compte leurre"
        case .honeyword: "usage d’un mot de passe leurre"
        case .sessionReuse: "réutilisation d’un jeton de session"
        case .auditTampering: "altération du journal d’audit"
        case .massExport: "consultation massive par un administrateur"
        default: type.word
        }
    }

    private static func counted(_ type: EventType) -> String {
        switch type {
        case .bruteForce: "mots de passe"
        case .passwordSpraying, .credentialStuffing, .leakedPassword: "comptes"
        case .canary, .honeyword: "connexions"
        case .massExport: "personnes"
        default: "tentatives"
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
