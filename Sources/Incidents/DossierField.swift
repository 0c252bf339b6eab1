import Accounts

/// One question of the CNIL's breach notification form (« notification de violation de données
/// personnelles », GDPR art. 33(3)) that a person answers, or whose answer a person may correct. The
/// raw value is its name on the command line and in JSON.
package enum DossierField: String, CaseIterable, Hashable, Sendable {
    case controller, contact
    case nature, origin, cause, description
    case endedAt = "ended_at"
    case dataCategories = "data_categories"
    case sensitiveData = "sensitive_data"
    case recordsCount = "records_count"
    case peopleCategories = "people_categories"
    case peopleCount = "people_count"
    case consequences, severity
    case measuresBefore = "measures_before"
    case measuresAfter = "measures_after"
    case peopleInformation = "people_information"
    case processors
    case crossBorder = "cross_border"

    /// What may be said. Words of a choice come with what the form calls them.
    enum Answer: Sendable {
        case text
        case one([(word: String, label: String)])
        case some([(word: String, label: String)])
        /// 0 … 1 000 000 000.
        case count
        /// RFC 3339, or `ongoing`.
        case time
    }

    /// Scalars of a text.
    package static let textMax = 4_000
    private static let countMax = 1_000_000_000

    var answer: Answer {
        switch self {
        case .nature:
            .some([
                ("confidentiality", "Perte de confidentialité"), ("integrity", "Perte d’intégrité"),
                ("availability", "Perte de disponibilité"),
            ])
        case .origin:
            .one([
                ("hacking", "Piratage, logiciel malveillant, hameçonnage"),
                ("lost_device", "Équipement perdu ou volé"),
                ("lost_paper", "Papier perdu, volé ou laissé accessible"),
                ("wrong_recipient", "Données envoyées au mauvais destinataire"),
                ("disclosure", "Publication ou divulgation involontaire"),
                ("internal_misuse", "Accès ou usage abusif en interne"), ("other", "Autre"),
            ])
        case .cause:
            .one([
                ("external_malicious", "Acte externe malveillant"),
                ("external_accidental", "Acte externe accidentel"),
                ("internal_malicious", "Acte interne malveillant"),
                ("internal_accidental", "Acte interne accidentel"), ("unknown", "Inconnue"),
            ])
        case .dataCategories:
            .some([
                ("identity", "État civil (nom, date de naissance…)"),
                ("contact", "Coordonnées (adresse électronique, téléphone…)"),
                ("credentials", "Données d’identification ou d’accès (mot de passe…)"),
                ("connection", "Données de connexion (adresses IP, journaux)"),
                ("financial", "Données économiques et financières"),
                ("location", "Données de localisation"),
                ("nir", "Numéro de sécurité sociale (NIR)"),
                ("official", "Documents officiels"), ("other", "Autres"),
            ])
        case .peopleCategories:
            .some([
                ("users", "Utilisateurs"), ("customers", "Clients"), ("employees", "Salariés"),
                ("members", "Adhérents"), ("students", "Élèves, étudiants"), ("minors", "Mineurs"),
                ("patients", "Patients"), ("vulnerable", "Personnes vulnérables"),
                ("other", "Autres"),
            ])
        // The CNIL's four steps, also of its method for impact assessments.
        case .severity:
            .one([
                ("negligible", "Négligeable"), ("limited", "Limitée"),
                ("significant", "Importante"), ("maximal", "Maximale"),
            ])
        case .sensitiveData: .one([("yes", "Oui"), ("no", "Non")])
        case .peopleCount, .recordsCount: .count
        case .endedAt: .time
        default: .text
        }
    }

    /// What the form asks.
    var label: String {
        switch self {
        case .controller: "Organisme responsable du traitement"
        case .contact: "Personne à contacter (délégué à la protection des données)"
        case .nature: "Nature de la violation"
        case .origin: "Origine de la violation"
        case .cause: "Cause de la violation"
        case .description: "Description de la violation"
        case .endedAt: "Fin de la violation"
        case .dataCategories: "Catégories de données concernées"
        case .sensitiveData: "Données sensibles (article 9 du RGPD)"
        case .recordsCount: "Nombre approximatif d’enregistrements concernés"
        case .peopleCategories: "Catégories de personnes concernées"
        case .peopleCount: "Nombre approximatif de personnes concernées"
        case .consequences: "Conséquences probables pour les personnes"
        case .severity: "Gravité"
        case .measuresBefore: "Mesures de sécurité en place avant la violation"
        case .measuresAfter: "Mesures prises ou envisagées après la violation"
        case .peopleInformation: "Contenu et moyen de l’information des personnes"
        case .processors: "Sous-traitants impliqués"
        case .crossBorder: "Caractère transfrontalier (pays, autorités informées)"
        }
    }

    /// What may be said, in words.
    package var expected: String {
        switch answer {
        case .text: "a text of 1 to \(Self.textMax) characters"
        case .one(let words): "one of \(words.map(\.word).joined(separator: ", "))"
        case .some(let words):
            "one or more of \(words.map(\.word).joined(separator: ", ")), separated by commas"
        case .count: "a whole number, 0 ... \(Self.countMax)"
        case .time: "a time as 2026-11-22T22:04:31Z, or ongoing"
        }
    }

    /// - Parameter text: as a person wrote it; the labels of a choice are taken too, whatever their case.
    /// - Returns: the one spelling that is kept; `nil` for anything that ``expected`` does not say.
    package func value(parsing text: String) -> String? {
        let trimmed = trimmed(text)
        switch answer {
        case .text:
            let isPlain = trimmed.unicodeScalars.allSatisfy { scalar in
                scalar == "\n" || scalar == "\t"
                    || ![.control, .surrogate, .unassigned, .privateUse, .lineSeparator]
                        .contains(scalar.properties.generalCategory)
            }
            let count = trimmed.unicodeScalars.count
            return isPlain && (1...Self.textMax).contains(count) ? trimmed : nil
        case .one(let words): return word(trimmed, words)
        case .some(let words):
            // More parts than words are repeats, and none is kept twice.
            let parts = trimmed.split(separator: ",", omittingEmptySubsequences: false)
            guard parts.count <= words.count else { return nil }
            var found: Set<String> = []
            for part in parts {
                guard let one = word(self.trimmed(String(part)), words) else { return nil }
                found.insert(one)
            }
            return words.map(\.word).filter(found.contains).joined(separator: ",")
        case .count:
            guard trimmed.utf8.count <= 10, trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(trimmed), number <= Self.countMax
            else { return nil }
            return String(number)
        case .time:
            if trimmed == "ongoing" { return trimmed }
            return Timestamp(rfc3339: trimmed)?.rfc3339()
        }
    }

    /// How the form shows a kept value.
    func shown(_ value: String) -> String {
        switch answer {
        case .one(let words), .some(let words):
            let labels = value.split(separator: ",").map { part in
                words.first { $0.word == part }?.label ?? String(part)
            }
            return labels.joined(separator: " ; ")
        case .count: return Dossier.grouped(Int(value) ?? 0)
        case .time:
            return Timestamp(rfc3339: value).map(Dossier.french)
                ?? "La violation est toujours en cours"
        case .text: return value
        }
    }

    private func word(_ text: String, _ words: [(word: String, label: String)]) -> String? {
        let wanted = text.lowercased()
        return words.first { $0.word == wanted || $0.label.lowercased() == wanted }?.word
    }

    private func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let start = scalars.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { start.index(after: $0) }
        return String(String.UnicodeScalarView(start[..<(end ?? start.startIndex)]))
    }
}
