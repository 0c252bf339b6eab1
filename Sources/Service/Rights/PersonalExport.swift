package import Accounts
import Incidents
import Storage

/// Everything that is held about one person, as they are entitled to have it: articles 15 and 20 GDPR.
///
/// Never a secret: no hash, salt, token, digest of one, key or tombstone. Requests and consents are theirs;
/// what an authority was given is in it only once the person was told, because until then silence is a
/// recorded duty.
package enum PersonalExport {
    /// Lines of the sign-in log, the latest. An attacker can make a great many; how many are left out is
    /// said.
    package static let signInsMax = 50_000
    /// Incidents looked through, the latest.
    private static let incidentsMax = 1_000

    /// - Returns: `nil` when there is no such account.
    static func make(
        of account: AccountID, on node: Node, at now: Timestamp,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> JSONValue? {
        guard let record = try AccountStore.find(account, reading) else { return nil }
        let signIns = try ExportStore.signIns(of: account, countMax: signInsMax, reading)
        let count = try ExportStore.signInCount(of: account, reading)
        let history = try ConsentStore.history(of: account, reading)
        return [
            "format": "loquet-personal-data", "format_version": 1, "made_at": moment(now),
            "account": try self.account(record, reading),
            "sessions": .array(
                try ExportStore.sessions(of: account, reading).map { session in
                    [
                        "application": .string(session.application),
                        "created_at": moment(session.createdAt),
                        "expires_at": moment(session.expiresAt), "used_at": moment(session.usedAt),
                    ]
                }),
            "devices": .array(
                try ExportStore.devices(of: account, reading).map { device in
                    [
                        "created_at": moment(device.createdAt),
                        "expires_at": moment(device.expiresAt),
                    ]
                }),
            "sign_ins": .array(
                signIns.map { signIn in
                    [
                        "at": moment(signIn.at), "outcome": .string(signIn.outcome),
                        "source": .string(signIn.source),
                        "application": .string(signIn.application),
                        "attempts": .integer(signIn.attempts),
                    ]
                }),
            "sign_ins_left_out": .integer(count - Int64(signIns.count)),
            "purposes": .array(
                Purpose.allCases.map { purpose in
                    encode(
                        Permission(purpose, latest: history.first { $0.purpose == purpose }))
                }),
            "consents": .array(history.map(encode)),
            "accepted_policies": .array(
                try PrivacyPolicyStore.acceptances(by: account, reading).map(encode)),
            "requests": .array(
                try RightsStore.all(of: account, reading).map { encodeForPerson($0.request) }),
            "disclosures": .array(try disclosures(account, reading)),
            "incidents": .array(try incidents(account, reading)),
            "archived": .array(try archived(account, reading)),
            "recipients": try recipients(node, at: now, reading),
        ]
    }

    private static func account(
        _ record: AccountStore.Record, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> JSONValue {
        [
            "id": .string(record.id.text),
            "email": record.profile.map { .string($0.email) } ?? .null,
            "display_name": record.profile?.displayName.map(JSONValue.string) ?? .null,
            "state": .string(record.state.name), "state_time": moment(record.state.time),
            "created_at": moment(record.createdAt),
            "registered_by": try ExportStore.application(of: record.id, reading)
                .map(JSONValue.string) ?? .null,
            "password_set_at": moment(
                try ExportStore.passwordSetAt(of: record.id, reading)),
            "password_must_change": .boolean(record.password?.mustChange ?? false),
        ]
    }

    private static func disclosures(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [JSONValue] {
        var values: [JSONValue] = []
        for (entry, notice) in try DisclosureStore.all(of: account, reading) {
            guard case .told(let at, _) = notice else { continue }
            values.append([
                "authority": .string(entry.authority.text),
                "legal_basis": .string(entry.legalBasis.text),
                "scope": .string(entry.scope.text), "disclosed_at": moment(entry.disclosedAt),
                "told_at": moment(at),
            ])
        }
        return values
    }

    private static func incidents(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [JSONValue] {
        var values: [JSONValue] = []
        let latest = try IncidentStore.page(
            state: nil, after: nil, limit: incidentsMax, reading)
        for record in latest {
            let id = record.incident.id
            guard let scope = try AffectedAccounts.scope(of: id, reading),
                try AffectedStore.concerns(scope, account, reading)
            else { continue }
            let kinds = Set(try IncidentFileStore.findings(of: id, reading).map(\.type.word))
            values.append([
                "id": .string(id.text), "kinds": .array(kinds.sorted().map(JSONValue.string)),
                "state": .string(record.incident.state.rawValue),
                "first_seen_at": moment(record.incident.firstAt),
                "last_seen_at": moment(record.incident.lastAt),
            ])
        }
        return values
    }

    /// What is sealed of a closed account: that it is there, why, and until when. Nobody here can read it.
    private static func archived(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [JSONValue] {
        try SealedRecordStore.summaries(of: account, reading).map { record in
            [
                "category": .string(record.category), "basis": .string(record.basis),
                "erase_after": moment(record.eraseAfter),
            ]
        }
    }

    /// Who can get the data: applications with a key, and where events go.
    private static func recipients(
        _ node: Node, at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> JSONValue {
        let applications = try APIKeyStore.all(.application, reading)
            .filter { $0.isValid(at: now) }
        return .array(
            applications.map { key in
                ["kind": "application", "id": .string(key.id), "name": .string(key.name)]
            }
                + node.sinks.map { sink in
                    ["kind": "event_sink", "id": .string(sink.rawValue), "name": .null]
                })
    }
}

extension RightsBook {
    package enum ExportFormat: String, CaseIterable, Sendable {
        case json, csv
    }

    /// The data for one request of access or portability. That it was handed out is written down before
    /// it is.
    package func export(
        _ id: RightsRequestID, as format: ExportFormat
    ) throws(Failure) -> [UInt8] {
        let now = node.clock()
        let account = try writing { transaction throws(DatabaseError) in
            guard let record = try RightsStore.find(id, transaction) else {
                return Result<AccountID, Failure>.failure(.notFound)
            }
            let account: AccountID
            do throws(RightsError) {
                account = try record.request.exportable()
            } catch {
                return .failure(.refused(error))
            }
            try RightsStore.append(
                "exported", format.rawValue, to: id, by: actor, at: now, transaction)
            try node.audit(
                action: "request.exported", of: id.text, by: actor,
                reason: record.request.right.rawValue, at: now, transaction)
            return .success(account)
        }
        let value: JSONValue?
        do {
            value = try node.database.read { reader throws(DatabaseError) in
                try PersonalExport.make(of: account, on: node, at: now, reader)
            }
        } catch {
            throw .database(error)
        }
        guard let value else { throw .unknownAccount }
        return format == .json ? value.bytes : csv(of: value)
    }
}
