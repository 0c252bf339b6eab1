package import Accounts
import Incidents
package import Passwords
import Storage

/// Which accounts a list holds: those with a mark, or those that break a rule of the policy in force.
package enum AuditSelection: Equatable, Sendable {
    case mark(AuditQuestion.Mark)
    case rule(PasswordViolation)

    /// - Returns: `nil` for anything but one of ``words``. `breached` means the corpus, whatever the
    ///   policy says of it.
    package init?(_ word: String) {
        if let mark = AuditQuestion.Mark(rawValue: word) {
            self = .mark(mark)
        } else if let rule = PasswordViolation(rawValue: word) {
            self = .rule(rule)
        } else {
            return nil
        }
    }

    package static var words: [String] {
        AuditQuestion.Mark.allCases.map(\.rawValue)
            + PasswordViolation.allCases.map(\.rawValue).filter {
                AuditQuestion.Mark(rawValue: $0) == nil
            }
    }

    package var word: String {
        switch self {
        case .mark(let mark): mark.rawValue
        case .rule(let rule): rule.rawValue
        }
    }

    package func takes(
        _ account: AuditedAccount, _ marks: Set<AuditQuestion.Mark>, in question: AuditQuestion
    ) -> Bool {
        switch self {
        case .mark(let mark): marks.contains(mark)
        case .rule(let rule):
            question.verdict(on: account, question.policy)?.broken.contains(rule) ?? false
        }
    }
}

/// That somebody made an audit or read who is concerned, in the audit log.
package struct AuditRecord: Sendable {
    /// Bytes of a reason.
    package static let reasonBytesMax = 500

    private let node: Node
    private let actor: String

    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    /// A report is kept beside those that were asked for over HTTP.
    package func made(_ report: AuditReport) throws(StartError) {
        let json = try report.json()
        let now = node.clock()
        let id = node.eventID(at: now).text
        try write { transaction throws(DatabaseError) in
            try PasswordAuditStore.insert(
                .init(
                    id: id, state: .running, actor: actor, askedAt: now, finishedAt: nil,
                    report: nil), transaction)
            try PasswordAuditStore.finish(
                id, report: json, countMax: PasswordAuditing.keptMax, at: now, transaction)
            try node.audit(
                action: "password_audit.made", of: id, by: actor, at: now, transaction)
        }
    }

    /// Before anything is read.
    package func read(_ selection: AuditSelection, reason: String) throws(StartError) {
        let now = node.clock()
        try write { transaction throws(DatabaseError) in
            try node.audit(
                action: "password_audit.listed", of: selection.word, by: actor, reason: reason,
                at: now, transaction)
        }
    }

    private func write(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Void
    ) throws(StartError) {
        do {
            try node.database.transaction(body)
        } catch {
            throw StartError(error, path: "the database")
        }
    }
}
