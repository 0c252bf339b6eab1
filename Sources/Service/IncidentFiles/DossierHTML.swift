import Accounts
import Incidents
import Storage

extension IncidentBook.DossierCopy {
    /// With what tells versions apart in front.
    package var json: JSONValue {
        guard case .object(let members) = dossier.json else { return dossier.json }
        return .object(
            [
                .init(name: "version", value: version.map { .integer($0.number) } ?? .null),
                .init(name: "kind", value: .string(version?.kind.rawValue ?? "draft")),
            ] + members)
    }

    /// One page to print and to copy from into the authority's form. Needs nothing from anywhere.
    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="fr"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" \
        content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width">
        <title>Dossier de violation \(escaped(dossier.incident.text))</title>
        <style>\(auditStyle)\(dossierStyle)</style></head><body>
        <header><h1>Violation de données personnelles</h1>
        <p class="lead">\(escaped(kindInWords))</p>
        <p class="state \(dossier.isComplete ? "done" : "open")">\(escaped(standing))</p></header>
        \(dossier.sections.map(section).joined(separator: "\n"))
        <section class="method"><h2>Références</h2><ul>
        <li>Règlement (UE) 2016/679 (RGPD), articles 33 (notification à l’autorité de contrôle, \
        registre au paragraphe 5) et 34 (communication aux personnes concernées)</li>
        <li>CNIL, formulaire de notification de violation de données personnelles</li></ul>
        <p><i>\(Self.marks[.service] ?? "")</i> : renseigné par le service. \
        <i>\(Self.marks[.person] ?? "")</i> : décidé par une personne. \
        <i>\(Dossier.toComplete)</i> : une personne doit décider.</p></section>
        </body></html>

        """
    }

    private static let marks: [Dossier.Source: String] = [.service: "service", .person: "saisi"]

    private var kindInWords: String {
        let made = Dossier.french(dossier.madeAt)
        return switch version {
        case nil: "Projet de notification, état du \(made)"
        case .some(let version) where version.kind == .initial:
            "Notification initiale, version \(version.number), enregistrée le \(made)"
        case .some(let version):
            "Notification complémentaire, version \(version.number), enregistrée le \(made)"
        }
    }

    private var standing: String {
        let count = dossier.missing.count
        return switch count {
        case 0: "Toutes les rubriques sont renseignées."
        case 1: "1 rubrique est à compléter."
        default: "\(count) rubriques sont à compléter."
        }
    }

    private func section(_ section: Dossier.Section) -> String {
        let rows = section.items.map { item in
            let value =
                item.value.map {
                    escaped($0).split(separator: "\n", omittingEmptySubsequences: false)
                        .joined(separator: "<br>")
                } ?? "<b class=\"todo\">\(Dossier.toComplete)</b>"
            let mark = Self.marks[item.from].map { "<i>\($0)</i>" } ?? ""
            return "<tr data-field=\"\(escaped(item.id))\"><th scope=\"row\">\(escaped(item.label))"
                + "</th><td>\(value)</td><td class=\"from\">\(mark)</td></tr>"
        }
        return "<section id=\"\(escaped(section.id))\"><h2>\(escaped(section.title))</h2>"
            + "<table class=\"form\"><tbody>\(rows.joined(separator: "\n"))</tbody></table></section>"
    }
}

private let dossierStyle = """
    .form th{width:34%;color:var(--soft);padding-left:0}.form td{text-align:left;overflow-wrap:anywhere}
    .form .from{width:4rem;text-align:right;white-space:nowrap;color:var(--soft);font-size:.8em;padding-right:0}
    .todo{font-weight:600;border:1px dashed var(--bad);border-radius:3px;padding:.05rem .4rem}
    .state{display:inline-block;border:1px solid var(--line);border-left:5px solid var(--ok);\
    border-radius:4px;padding:.2rem .7rem;margin:0}.state.open{border-left-color:var(--bad)}
    i{font-style:italic}@page{margin:16mm}
    """
