package import Accounts
import HTTP
import Incidents
import Outbound
import Passwords
import Secrets
package import Storage

/// Looks at everything that must be right, changes nothing, and says what it found.
package struct Doctor: Sendable {
    package struct Finding: Equatable, Sendable {
        package enum Verdict: String, Sendable {
            case ok
            case warning
            case failure
        }

        package let check: String
        package let verdict: Verdict
        package let detail: String
    }

    private let configuration: Configuration
    private let database: any Database
    private let now: Timestamp

    package init(_ configuration: Configuration, _ database: any Database, at now: Timestamp) {
        self.configuration = configuration
        self.database = database
        self.now = now
    }

    package func findings() -> [Finding] {
        libraries() + regions() + [policy(), policyStage(), screening(), hashing(), schema()]
            + settings() + [
                integrity(), keys(), archive(), administrators(), queue(),
            ]
    }

    private func libraries() -> [Finding] {
        [
            ("libcrypto", libcryptoVersion()), ("database", database.library),
            ("libmicrohttpd", HTTPServer.libraryVersion), ("libcurl", libcurlVersion),
            ("librabbitmq", librabbitmqVersion),
        ].map { Finding(check: $0.0, verdict: .ok, detail: $0.1) }
    }

    private func regions() -> [Finding] {
        configuration.endpoints.map { endpoint in
            let verdict: Finding.Verdict =
                switch endpoint.standing {
                case .inUnion: .ok
                case .allowed, .trial: .warning
                case .refused: .failure
                }
            return Finding(
                check: "region", verdict: verdict, detail: "\(endpoint.name): \(endpoint.text)")
        }
    }

    private func policy() -> Finding {
        do throws(StartError) {
            let policy = try PolicyLibrary.policy(configuration.policy)
            try PolicyLibrary.check(policy, restriction: configuration.accessRestriction)
            let basis =
                "\(policy.name) version \(policy.version), case \(policy.cnilCase.rawValue) of CNIL "
                + "délibération 2022-100"
            guard policy.requiresAccessRestriction,
                let restriction = configuration.accessRestriction
            else { return Finding(check: "policy", verdict: .ok, detail: basis) }
            let evidence = restriction.evidence.map(\.text).joined(separator: ", ")
            return Finding(
                check: "policy", verdict: .ok,
                detail: basis + "; access restriction is on: \(evidence)")
        } catch {
            return Finding(check: "policy", verdict: .failure, detail: error.text)
        }
    }

    /// Word files and corpus are read and verified as at start.
    private func screening() -> Finding {
        do throws(StartError) {
            let screening = try Screening(configuration)
            let words = "\(screening.blocklist.count) common passwords"
            guard let corpus = screening.corpus else {
                return Finding(check: "screening", verdict: .ok, detail: "\(words), no corpus")
            }
            return Finding(
                check: "screening", verdict: .ok, detail: "\(words), corpus \(corpus.version)")
        } catch {
            return Finding(check: "screening", verdict: .failure, detail: error.text)
        }
    }

    /// What the recorded switches made of the configured policy, and whether it may be in force here.
    private func policyStage() -> Finding {
        checked("policy stage") { () throws(DatabaseError) in
            do throws(StartError) {
                let configured = try PolicyLibrary.policy(configuration.policy)
                let book = PolicyBook(
                    configured: configured, restriction: configuration.accessRestriction,
                    log: Log(descriptor: -1, clock: { now }))
                var outcome: Result<PoliciesInForce, StartError>?
                do throws(DatabaseError) {
                    outcome = try database.read { reader throws(DatabaseError) in
                        do throws(StartError) {
                            return .success(try book.loaded(reader))
                        } catch {
                            return .failure(error)
                        }
                    }
                } catch {
                    return (.failure, "\(error)")
                }
                guard let policies = try outcome?.get() else { return (.ok, "as configured") }
                return stage(policies, configured)
            } catch {
                return (.failure, error.text)
            }
        }
    }

    private func stage(
        _ policies: PoliciesInForce, _ configured: PasswordPolicy
    ) -> (Finding.Verdict, String) {
        let watched =
            policies.candidate.map { "; \($0.name) version \($0.version) is watched" } ?? ""
        guard let remediation = policies.remediation else {
            return (.ok, "as configured" + watched)
        }
        let date = remediation.blockAfter.map { " \($0.rfc3339())" } ?? ""
        let text =
            "\(policies.policy.name) version \(policies.policy.version) was switched to: "
            + "\(remediation.stage.rawValue)\(date)" + watched
        return policies.policy == configured
            ? (.ok, text)
            : (.warning, text + "; the configuration still says \(configured.name)")
    }

    private func hashing() -> Finding {
        do {
            let cost = try HashCost(
                memoryKiB: configuration.hashing.memoryKiB, passes: configuration.hashing.passes,
                parallelism: configuration.hashing.parallelism)
            var arena = try Argon2Arena(for: cost)
            let text = "m=\(cost.memoryKiB) KiB, t=\(cost.passes), p=\(cost.parallelism)"
            let engine = try Argon2Engine.chosen(configuration.hashing.engine)
            guard try Argon2id.reproducesRFC9106(by: engine, in: &arena) else {
                return Finding(
                    check: "argon2id", verdict: .failure,
                    detail: "the vector of RFC 9106 is not reproduced")
            }
            let verdict: Finding.Verdict = engine.isFallback ? .warning : .ok
            return Finding(
                check: "argon2id", verdict: cost.isAtLeastFloor ? verdict : .failure,
                detail: "\(text); \(engine.text); the vector of RFC 9106 is reproduced")
        } catch {
            return Finding(check: "argon2id", verdict: .failure, detail: "\(error)")
        }
    }

    private func schema() -> Finding {
        checked("schema") { () throws(DatabaseError) in
            let pending = try Migrations.loquet.plan(on: database)
            return pending.isEmpty
                ? (.ok, "up to date") : (.warning, "\(pending.count) migrations to apply")
        }
    }

    /// What the database answers now; opening has refused what cannot be relied on.
    private func settings() -> [Finding] {
        [
            checked("settings") { () throws(DatabaseError) in
                let settings = try database.settings()
                let text = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                return (.ok, text.joined(separator: " "))
            }
        ]
    }

    private func integrity() -> Finding {
        checked("integrity") { () throws(DatabaseError) in
            guard let faults = try database.integrityFaults() else {
                return (.ok, "left to the server")
            }
            return faults.isEmpty ? (.ok, "sound") : (.failure, faults.joined(separator: "; "))
        }
    }

    private func keys() -> Finding {
        let directory = KeyDirectory(dataDirectory: configuration.data)
        return checked("keys") { () throws(DatabaseError) in
            let records = try database.read { reader throws(DatabaseError) in
                try KeyStore.all(reader)
            }
            do throws(KeyError) {
                _ = try KeyRing.load(directory, records: records)
                return (.ok, "\(records.count) keys, as the database knows them")
            } catch {
                return (.failure, error.text)
            }
        }
    }

    private func archive() -> Finding {
        checked("archive") { () throws(DatabaseError) in
            let record = try database.read { reader throws(DatabaseError) in
                try ArchiveCertificateStore.current(reader)
            }
            guard let record else { return (.failure, "there is no archive certificate") }
            let (sealed, left) = try database.read { reader throws(DatabaseError) in
                (try SealedRecordStore.count(reader), try ClosedRecordStore.count(reader))
            }
            let text = "\(sealed) sealed records"
            if left > 0 {
                return (.warning, "\(text); \(left) of before the archive wait for loquet serve")
            }
            guard let time = record.possessionProvenAt else {
                return (
                    .warning,
                    "\(text); nobody has proven yet that they hold the archive's private key: "
                        + "loquet archive confirm"
                )
            }
            return (.ok, "\(text); possession of the private key was proven \(time.rfc3339())")
        }
    }

    private func administrators() -> Finding {
        checked("administrators") { () throws(DatabaseError) in
            let keys = try database.read { reader throws(DatabaseError) in
                try APIKeyStore.all(.administrator, reader)
            }
            let valid = keys.filter { $0.isValid(at: now) }
            guard !valid.isEmpty else {
                return (.warning, "no administrator key is valid; make one with: loquet admins add")
            }
            let first = valid.compactMap(\.expiresAt).min()
            let expiry = first.map { ", the first expires \($0.rfc3339())" } ?? ""
            return (.ok, "\(valid.count) valid\(expiry)")
        }
    }

    private func queue() -> Finding {
        checked("queue") { () throws(DatabaseError) in
            let sinks = try database.read { reader throws(DatabaseError) in
                try SinkStatus.all(configured: configuration.sinks.configured, reader)
            }
            let remarks = sinks.flatMap(remarks)
            let waiting = sinks.reduce(0) { $0 + $1.ready + $1.leased }
            return remarks.isEmpty
                ? (.ok, "\(waiting) events wait") : (.warning, remarks.joined(separator: "; "))
        }
    }

    private func remarks(on status: SinkStatus) -> [String] {
        var remarks: [String] = []
        let waiting = status.ready + status.leased
        if status.dead > 0 { remarks.append("\(status.dead) dead letters") }
        if let pause = status.pause { remarks.append("paused: \(pause.reason)") }
        if !status.isConfigured, waiting > 0 {
            remarks.append("\(waiting) events wait and the sink is not configured")
        } else if let oldest = status.oldest, now - oldest > .hours(24) {
            remarks.append("\(waiting) events wait, the oldest since \(oldest.rfc3339())")
        }
        return remarks.map { "\(status.sink.rawValue): \($0)" }
    }

    private func checked(
        _ name: String, _ body: () throws(DatabaseError) -> (Finding.Verdict, String)
    ) -> Finding {
        do {
            let (verdict, detail) = try body()
            return Finding(check: name, verdict: verdict, detail: detail)
        } catch {
            return Finding(check: name, verdict: .failure, detail: "\(error)")
        }
    }
}
