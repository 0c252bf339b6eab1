import Accounts
package import Incidents
import Passwords
package import Storage

extension IncidentBook {
    /// A dossier as it is now, or as it was saved.
    package struct DossierCopy: Sendable {
        package let dossier: Dossier
        /// `nil` for what is not saved.
        package let version: IncidentFileStore.DossierVersion?

        package init(dossier: Dossier, version: IncidentFileStore.DossierVersion?) {
            self.dossier = dossier
            self.version = version
        }
    }

    /// The dossier as the service and people have filled it in so far.
    package func dossier(_ id: IncidentID) throws(Failure) -> DossierCopy {
        let now = node.clock()
        let dossier = try reading { reader throws(DatabaseError) -> Dossier? in
            guard let record = try IncidentStore.find(id, reader) else { return nil }
            return try draft(record.incident, at: now, reader)
        }
        guard let dossier else { throw .notFound }
        return DossierCopy(dossier: dossier, version: nil)
    }

    /// A version as it was saved, byte for byte.
    package func dossier(_ id: IncidentID, version: Int64) throws(Failure) -> DossierCopy {
        let found = try reading { reader throws(DatabaseError) in
            try IncidentFileStore.content(version: version, of: id, reader)
        }
        guard let found else { throw .notFound }
        guard let dossier = Dossier(json: found.content) else {
            throw .database(.unexpectedColumn(position: 4, wanted: .bytes))
        }
        return DossierCopy(dossier: dossier, version: found.version)
    }

    package func versions(
        of id: IncidentID
    ) throws(Failure) -> [IncidentFileStore.DossierVersion] {
        let found = try reading {
            reader throws(DatabaseError) -> [IncidentFileStore.DossierVersion]? in
            guard try IncidentStore.find(id, reader) != nil else { return nil }
            return try IncidentFileStore.versions(of: id, reader)
        }
        guard let found else { throw .notFound }
        return found
    }

    /// Saves the dossier as it is now: the first version is the initial one, what follows is
    /// complementary (GDPR art. 33(4)).
    package func saveDossier(_ id: IncidentID) throws(Failure) -> IncidentFileStore.DossierVersion {
        let now = node.clock()
        return try writing { transaction throws(DatabaseError) in
            guard let record = try IncidentStore.find(id, transaction) else {
                return Result<IncidentFileStore.DossierVersion, Failure>.failure(.notFound)
            }
            guard let version = try saveDossier(record.incident, at: now, transaction) else {
                return .failure(.full)
            }
            return .success(version)
        }
    }

    /// Enters what persons decided.
    ///
    /// - Parameter values: as ``DossierField/value(parsing:)`` keeps them; `nil` takes one away, and what
    ///   the service knows stands there again.
    package func note(
        _ values: [DossierField: String?], on id: IncidentID
    ) throws(Failure) {
        let now = node.clock()
        try writing { transaction throws(DatabaseError) in
            guard try IncidentStore.find(id, transaction) != nil else {
                return Result<Void, Failure>.failure(.notFound)
            }
            for field in DossierField.allCases {
                guard let value = values[field] else { continue }
                try IncidentFileStore.set(
                    field, to: value, of: id, by: actor, at: now, transaction)
                // The text itself stands in the dossier and its versions.
                try IncidentFileStore.append(
                    value == nil ? "cleared" : "noted", field.rawValue, to: id, by: actor, at: now,
                    transaction)
                try node.audit(
                    action: "incident.noted", of: id.text, by: actor, at: now, transaction)
            }
            return .success(())
        }
    }

    func isFull(
        _ id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        let versions = try IncidentFileStore.versions(of: id, reading)
        return versions.count >= IncidentFileStore.versionsMax
    }

    func saveDossier(
        _ incident: Incident, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> IncidentFileStore.DossierVersion? {
        let dossier = try draft(incident, at: now, transaction)
        let saved = try IncidentFileStore.save(
            dossier.json.bytes, of: incident.id, by: actor, at: now, transaction)
        guard let saved else { return nil }
        try IncidentFileStore.append(
            "dossier_saved", "\(saved.kind.rawValue) \(saved.number)", to: incident.id, by: actor,
            at: now, transaction)
        try node.audit(
            action: "incident.dossier_saved", of: incident.id.text, by: actor, at: now, transaction)
        return saved
    }

    private func draft(
        _ incident: Incident, at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Dossier {
        let findings = try IncidentFileStore.findings(of: incident.id, reading)
        let scope = AffectedScope(findings, isReported: incident.origin != .detected)
        let settings = node.configuration.incidents
        return Dossier(
            .init(
                incident: incident, findings: findings,
                affected: try AffectedStore.count(scope, reading), scope: scope,
                measures: node.measuresInForce, controller: settings.controller,
                contact: settings.contact),
            decided: try IncidentFileStore.fields(of: incident.id, reading), at: now)
    }
}

extension Node {
    /// What protects passwords here, as the form asks for it, from the settings in force.
    fileprivate var measuresInForce: [String] {
        var measures = [
            "Mots de passe hachés par Argon2id (\(cost.memoryKiB) Kio, \(cost.passes) passes), "
                + "avec un secret (« poivre ») conservé hors de la base",
            "Politique de mots de passe \(policy.name), version \(policy.version) "
                + "(CNIL, délibération n° 2022-100, cas n° \(policy.cnilCase.rawValue))",
        ]
        if configuration.throttling {
            measures.append(
                "Restriction d’accès : temporisation croissante après 5 échecs, 25 échecs par 24 h "
                    + "au plus")
        }
        if corpus != nil {
            measures.append(
                "Refus des mots de passe présents dans un corpus de mots de passe divulgués")
        }
        measures += [
            "Détection automatique des attaques sur les connexions, journal conservé douze mois",
            "Journal des actions d’administration, accès par rôles",
        ]
        return measures
    }
}
