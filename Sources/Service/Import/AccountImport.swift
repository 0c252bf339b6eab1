import Accounts
import Incidents
import Passwords
import Secrets
package import Storage

/// `loquet accounts import`: accounts of another system with the hashes they had there.
///
/// A few hundred lines at a time are one transaction, so memory is bounded, servers go on beside it, and
/// what was cut off is run again: a line whose account is there with the same hash is done. For that a
/// keyed digest of the imported hash stays beside the account's password, and goes with it.
///
/// Each account is active, and each transaction writes one audit row with how many. There is **no**
/// `account.registered` event: nobody registered, and a million of them would bury what the incident
/// queue is for.
package struct AccountImport: Sendable {
    package struct Progress: Sendable {
        package let bytesDone: Int
        package let bytesTotal: Int
        package let lines: Int
    }

    /// How the lines fared. An empty line is none.
    package struct Outcome: Equatable, Sendable {
        package var lines = 0
        package var imported = 0
        /// Imported before, by this file or one that said the same.
        package var present = 0
        package var refused = 0
        /// Of the imported ones, by algorithm.
        package var families: [String: Int] = [:]
    }

    /// Lines of one transaction.
    private static let batchMax = 250

    /// What a run may do.
    package struct Rules: Sendable {
        /// For lines that name none.
        package let application: String?
        /// A line that needs more is refused: there may be a server that has no more.
        package let memoryKiBMax: UInt32
        /// Looks at everything and writes nothing. Two lines that contradict each other are only found
        /// when the first was written.
        package let isDryRun: Bool

        package init(application: String?, memoryKiBMax: UInt32, isDryRun: Bool) {
            self.application = application
            self.memoryKiBMax = memoryKiBMax
            self.isDryRun = isDryRun
        }
    }

    private struct Candidate {
        let number: Int
        let account: ImportStore.Account
        let locators: [Digest]
        let marks: [Digest]
    }

    private let database: any Database
    private let keys: KeyRing
    private let actor: String
    private let rules: Rules
    private let applications: Set<String>
    private let peppers: Set<PepperID>
    private let now: Timestamp
    /// Names this run in the audit log.
    private let id: String

    /// - Parameter actor: `cli:<uid>`, for the audit log.
    package init(
        _ database: any Database, dataDirectory: String, actor: String, rules: Rules
    ) throws(StartError) {
        self.database = database
        self.actor = actor
        self.rules = rules
        now = systemTime()
        id = "imp_" + Hexadecimal.encode(SystemRandom.bytes(count: 8))
        let records: [KeyStore.Record]
        let now = now
        do {
            (records, applications) = try database.read { reader throws(DatabaseError) in
                let keys = try APIKeyStore.all(.application, reader)
                return (
                    try KeyStore.all(reader), Set(keys.filter { $0.isValid(at: now) }.map(\.id))
                )
            }
        } catch {
            throw StartError(error, path: "the database")
        }
        do {
            keys = try KeyRing.load(KeyDirectory(dataDirectory: dataDirectory), records: records)
        } catch {
            throw StartError(error)
        }
        // A key id has 4 bytes, as a pepper id does.
        peppers = Set(keys.all(.pepper).map { PepperID(bytes: $0.id.bytes)! })
        if let application = rules.application, !applications.contains(application) {
            throw .configuration(
                "--application: expected the id of a valid application; loquet apps list shows them"
            )
        }
    }

    /// - Parameters:
    ///   - refuse: gets each line that is wrong, in order.
    ///   - progress: after each transaction.
    /// - Throws: when the file cannot be read or the database fails; what was committed stays, and
    ///   another run goes on there.
    package func run(
        _ file: LineFile, refuse: (Int, ImportLineError) throws(StartError) -> Void,
        progress: (Progress) -> Void
    ) throws(StartError) -> Outcome {
        var outcome = Outcome()
        var number = 0
        var isOver = false
        while !isOver {
            var candidates: [Candidate] = []
            var wrong: [(number: Int, error: ImportLineError)] = []
            while candidates.count + wrong.count < Self.batchMax {
                let line: LineFile.Line?
                do {
                    line = try file.next()
                } catch {
                    throw .refused("cannot read the file: \(error.reason)")
                }
                guard let line else {
                    isOver = true
                    break
                }
                number += 1
                do throws(ImportLineError) {
                    if let candidate = try candidate(line, number) { candidates.append(candidate) }
                } catch {
                    wrong.append((number, error))
                }
            }
            try finish(candidates, wrong, into: &outcome, refuse)
            progress(
                Progress(bytesDone: file.bytesDone, bytesTotal: file.bytesTotal, lines: number))
        }
        return outcome
    }

    private func finish(
        _ candidates: [Candidate], _ wrong: [(number: Int, error: ImportLineError)],
        into outcome: inout Outcome,
        _ refuse: (Int, ImportLineError) throws(StartError) -> Void
    ) throws(StartError) {
        let standings = try store(candidates)
        var errors = wrong
        for (candidate, standing) in zip(candidates, standings) {
            switch standing {
            case .free:
                outcome.imported += 1
                outcome.families[candidate.account.hash.scheme.family, default: 0] += 1
            case .imported: outcome.present += 1
            case .taken:
                errors.append(
                    (
                        candidate.number,
                        ImportLineError(
                            field: "email",
                            expected: "an address that no account has, or had until it was closed")
                    ))
            }
        }
        outcome.lines += candidates.count + wrong.count
        outcome.refused += errors.count
        for (number, error) in errors.sorted(by: { $0.number < $1.number }) {
            try refuse(number, error)
        }
    }

    /// - Returns: what stood there before, for each candidate.
    private func store(_ candidates: [Candidate]) throws(StartError) -> [ImportStore.Standing] {
        guard let first = candidates.first, let last = candidates.last else { return [] }
        // A registration beside us may take an address between our look and our insert; the second
        // time we see it.
        var attemptsLeft = 3
        while true {
            do throws(DatabaseError) {
                guard !rules.isDryRun else {
                    return try database.read { reader throws(DatabaseError) in
                        try standings(candidates, reader)
                    }
                }
                return try database.transaction { transaction throws(DatabaseError) in
                    try insert(candidates, transaction)
                }
            } catch {
                attemptsLeft -= 1
                if case .uniqueViolation = error, attemptsLeft > 0 { continue }
                throw .refused(
                    "stopped in lines \(first.number) ... \(last.number): "
                        + StartError(error, path: "the database").text
                        + "; what is in front of them is done, so run it again")
            }
        }
    }

    private func standings(
        _ candidates: [Candidate], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [ImportStore.Standing] {
        var standings: [ImportStore.Standing] = []
        for candidate in candidates {
            standings.append(
                try ImportStore.standing(
                    locators: candidate.locators, marks: candidate.marks, reading))
        }
        return standings
    }

    private func insert(
        _ candidates: [Candidate], _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [ImportStore.Standing] {
        var standings: [ImportStore.Standing] = []
        var count = 0
        for candidate in candidates {
            // One by one: a line sees what those in front of it wrote.
            let standing = try ImportStore.standing(
                locators: candidate.locators, marks: candidate.marks, transaction)
            standings.append(standing)
            guard standing == .free else { continue }
            try ImportStore.insert(
                candidate.account, locator: candidate.locators[0], mark: candidate.marks[0],
                at: now,
                transaction)
            count += 1
        }
        if count > 0, let first = candidates.first, let last = candidates.last {
            try AuditStore.append(
                .init(
                    id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, at: now,
                    actor: actor, action: "accounts.imported",
                    object: "\(id) lines \(first.number)-\(last.number) accounts \(count)"),
                transaction)
        }
        return standings
    }

    /// - Returns: `nil` for an empty line.
    private func candidate(
        _ line: LineFile.Line, _ number: Int
    ) throws(ImportLineError) -> Candidate? {
        guard case .bytes(let bytes) = line else {
            throw ImportLineError(
                field: "line", expected: "at most \(ImportLine.bytesMax) bytes")
        }
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return nil }
        let parsed = try ImportLine(bytes, at: now)
        guard let application = parsed.application ?? rules.application,
            applications.contains(application)
        else {
            throw ImportLineError(
                field: "application",
                expected: "the id of a valid application, here or in --application")
        }
        try check(parsed.hash)
        let identifierKeys =
            [keys.current(.identifier)]
            + keys.all(.identifier).filter { $0.id != keys.current(.identifier).id }
        let hash = Array(parsed.hash.text.utf8)
        return Candidate(
            number: number,
            account: .init(
                id: AccountID(bytes: SystemRandom.bytes(count: 16)),
                keyID: identifierKeys[0].id.text,
                profile: .init(
                    email: parsed.email.spelling, displayName: parsed.displayName?.text),
                hash: parsed.hash, application: application, createdAt: parsed.createdAt ?? now),
            locators: identifierKeys.map { parsed.email.canonical.locator(key: $0.secret) },
            marks: identifierKeys.map {
                .hmac(key: $0.secret, Array("loquet import v1\0".utf8) + hash)
            })
    }

    private func check(_ hash: PasswordHash) throws(ImportLineError) {
        guard hash.memoryKiB <= rules.memoryKiBMax else {
            throw ImportLineError(
                field: "password_hash",
                expected: "a hash that needs at most \(rules.memoryKiBMax) KiB; this one needs "
                    + "\(hash.memoryKiB): see --memory-kib")
        }
        if let pepper = hash.pepperID, !peppers.contains(pepper) {
            throw ImportLineError(
                field: "password_hash", expected: "no keyid, or that of a pepper in keys/")
        }
    }
}
