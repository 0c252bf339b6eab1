package import Accounts
package import Incidents
import Secrets
package import Storage

/// Which accounts something is done to.
package enum AccountSet: Sendable {
    case named([AccountID])
    /// Those signed in to with success, from a network or from anywhere, in a stretch of time.
    case signedIn(AccountTaskStore.Selection)
    /// Whom an incident concerns, at the moment when they are gathered.
    case affected(by: IncidentID)
}

/// What is done to each of them.
package enum AccountTask: Sendable {
    case containment
    case breachNotice(subject: String, text: String)
}

/// Asks for something to be done to many accounts. The worker does it in batches; asking is quick.
package struct AccountTaskRequest: Sendable {
    let node: Node
    /// An administrator's id, or `cli:<uid>`.
    let actor: String
    let set: AccountSet
    let task: AccountTask
    let reason: String
    /// Names the request, so that asking again finds the first; `nil` for a request of its own.
    let key: String?

    /// Accounts that one request may name; more than that are several requests.
    package static let accountsMax = 1_000
    /// Scalars.
    package static let reasonMax = 500
    package static let subjectMax = 150
    package static let textMax = 5_000

    package init(
        _ node: Node, actor: String, set: AccountSet, task: AccountTask, reason: String,
        key: String? = nil
    ) {
        self.node = node
        self.actor = actor
        self.set = set
        self.task = task
        self.reason = reason
        self.key = key
    }

    package enum Refusal: Error, Equatable, Sendable {
        /// The account at this place, from 0, does not exist. Nothing was asked for.
        case unknownAccount(at: Int)
        case unknownIncident
        /// The key was used for another request.
        case keyReused
        case database(DatabaseError)
    }

    private enum Asked {
        case accepted(String)
        case refused(Refusal)
    }

    /// - Returns: the task's id.
    package func ask() throws(Refusal) -> String {
        let now = node.clock()
        let record = record(at: now)
        var unknown: Int?
        let asked: Asked
        do {
            asked = try node.database.transaction { transaction throws(DatabaseError) in
                unknown = nil
                if let known = try AccountTaskStore.find(
                    key: record.keyDigest, transaction)
                {
                    return known.fingerprint == record.fingerprint
                        ? .accepted(known.id) : .refused(.keyReused)
                }
                if case .affected(let incident) = set {
                    let found = try IncidentStore.find(incident, transaction)
                    guard found != nil else { return .refused(.unknownIncident) }
                }
                try AccountTaskStore.insert(record, transaction)
                if case .named(let accounts) = set {
                    for (index, account) in accounts.enumerated() {
                        guard try AccountTaskStore.add(account, to: record.id, transaction) else {
                            unknown = index
                            // Nothing of it may stay.
                            throw .conflict
                        }
                    }
                }
                try node.audit(
                    action: "\(record.kind.rawValue).asked", of: record.id, by: actor,
                    reason: reason, at: now, transaction)
                return .accepted(record.id)
            }
        } catch {
            if let unknown { throw .unknownAccount(at: unknown) }
            throw .database(error)
        }
        switch asked {
        case .accepted(let id): return id
        case .refused(let refusal): throw refusal
        }
    }

    private func record(at now: Timestamp) -> AccountTaskStore.Record {
        var choice: AccountTaskStore.Choice?
        var position = ""
        switch set {
        case .named: break
        case .signedIn(let chosen):
            choice = .signedIn(chosen)
            // Ids of the log begin with their time.
            position = EventPosition.before(chosen.since)
        case .affected(let incident): choice = .affected(by: incident)
        }
        var (subject, text) = ("", "")
        if case .breachNotice(let title, let words) = task { (subject, text) = (title, words) }
        return AccountTaskStore.Record(
            id: node.eventID(at: now).text, kind: kind,
            state: choice == nil ? .running : .gathering, actor: actor, reason: reason,
            choice: choice, position: position, subject: subject, content: text,
            keyDigest: key.map { digest(["key", actor, kind.rawValue, $0]) },
            fingerprint: fingerprint, askedAt: now, finishedAt: nil)
    }

    private var kind: AccountTaskStore.Kind {
        switch task {
        case .containment: .containment
        case .breachNotice: .breachNotice
        }
    }

    private var fingerprint: Digest {
        var parts = ["content", kind.rawValue, reason]
        if case .breachNotice(let title, let words) = task { parts += [title, words] }
        switch set {
        case .named(let accounts): parts += accounts.map(\.text)
        case .signedIn(let chosen):
            parts += [chosen.source ?? "", chosen.since.rfc3339(), chosen.until.rfc3339()]
        case .affected(let incident): parts.append(incident.text)
        }
        return digest(parts)
    }

    /// Parts are told apart by their lengths.
    private func digest(_ parts: [String]) -> Digest {
        Digest.sha256(of: parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) })
    }
}
