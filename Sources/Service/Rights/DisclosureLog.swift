package import Accounts
import Incidents
import Secrets
package import Storage

/// What authorities asked for and were given, and the notice that the people concerned were promised.
package struct DisclosureLog: Sendable {
    private let node: Node
    private let actor: String

    /// People of one entry.
    package static let peopleMax = 1_000
    package static let pageRange = 1...200
    package static let pageDefault = 50

    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    package enum Failure: Error, Equatable, Sendable {
        case notFound
        case unknownAccount(AccountID)
        case database(DatabaseError)
    }

    package struct File: Equatable, Sendable {
        package let entry: Disclosure
        package let people: [DisclosureStore.Person]
    }

    package func add(_ wish: DisclosureWish) throws(Failure) -> File {
        let now = node.clock()
        let entry = Disclosure(
            id: DisclosureID(bytes: orderedBytes(at: now)), authority: wish.authority,
            legalBasis: wish.legalBasis, scope: wish.scope, reference: wish.reference,
            receivedAt: wish.receivedAt ?? now, disclosedAt: wish.disclosedAt ?? now,
            recordedAt: now, actor: actor)
        return try writing { transaction throws(DatabaseError) in
            for account in wish.people
            where try AccountStore.find(account, transaction) == nil {
                return .failure(.unknownAccount(account))
            }
            let notice = wish.silence.map { DisclosureNotice.silent(because: $0) } ?? .open
            try DisclosureStore.insert(
                entry, people: wish.people, notice: notice, transaction)
            try node.audit(
                action: "disclosure.added", of: entry.id.text, by: actor,
                reason: wish.legalBasis.text, at: now, transaction)
            return .success(
                File(
                    entry: entry,
                    people: try DisclosureStore.people(of: entry.id, transaction)))
        }
    }

    /// Writes that people were told, or why not yet. Who was told stays told.
    ///
    /// - Parameter account: one of them; `nil` for everybody who was not told yet.
    /// - Returns: how many people it is about.
    package func note(
        _ notice: NoticeWish, on id: DisclosureID
    ) throws(Failure) -> Int {
        let now = node.clock()
        let (state, word): (DisclosureNotice, String) =
            switch notice.what {
            case .told(let how): (.told(at: now, how: how), "told")
            case .silent(let reason): (.silent(because: reason), "silent")
            }
        return try writing { transaction throws(DatabaseError) in
            guard try DisclosureStore.find(id, transaction) != nil else {
                return .failure(.notFound)
            }
            let count = try DisclosureStore.set(state, of: id, to: notice.account, transaction)
            try node.audit(
                action: "disclosure.\(word)", of: id.text, by: actor, at: now,
                transaction)
            return .success(count)
        }
    }

    package func file(_ id: DisclosureID) throws(Failure) -> File {
        try writing { transaction throws(DatabaseError) in
            guard let entry = try DisclosureStore.find(id, transaction) else {
                return .failure(.notFound)
            }
            try node.audit(
                action: "disclosure.read", of: id.text, by: actor, at: node.clock(), transaction)
            return .success(
                File(entry: entry, people: try DisclosureStore.people(of: id, transaction)))
        }
    }

    /// - Parameter isOpen: only where somebody was neither told nor is there a reason.
    package func list(
        after last: DisclosureID?, isOpen: Bool, limit: Int
    ) throws(Failure) -> [Disclosure] {
        try writing { transaction throws(DatabaseError) in
            try node.audit(
                action: "disclosure.listed", of: "disclosures", by: actor, at: node.clock(),
                transaction)
            return .success(
                try DisclosureStore.page(
                    after: last, isOpen: isOpen, countMax: limit, transaction))
        }
    }

    private func writing<Answer>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result<Answer, Failure>
    ) throws(Failure) -> Answer {
        let result: Result<Answer, Failure>
        do {
            result = try node.database.transaction(body)
        } catch {
            throw .database(error)
        }
        return try result.get()
    }
}

/// An entry as somebody states it: `{"authority", "legal_basis", "scope", "reference", "account_ids",
/// "received_at"?, "disclosed_at"?, "silent_because"?}`.
package struct DisclosureWish: Equatable, Sendable {
    package let authority: Remark
    package let legalBasis: Remark
    package let scope: Remark
    package let reference: Remark
    /// 1 ... ``DisclosureLog/peopleMax``, each once.
    package let people: [AccountID]
    package let receivedAt: Timestamp?
    package let disclosedAt: Timestamp?
    package let silence: Remark?

    package static let fields = [
        "authority", "legal_basis", "scope", "reference", "account_ids", "received_at",
        "disclosed_at", "silent_because",
    ]

    package init(_ fields: Fields, at now: Timestamp) throws(Problem) {
        authority = try fields.remark("authority")
        legalBasis = try fields.remark("legal_basis")
        scope = try fields.remark("scope")
        reference = try fields.remark("reference")
        var people: [AccountID] = []
        for text in try fields.texts("account_ids", countMax: DisclosureLog.peopleMax) {
            guard let account = AccountID(parsing: text), !people.contains(account) else {
                throw .invalid(field: "account_ids", expected: "accounts' ids, acc_…, each once")
            }
            people.append(account)
        }
        self.people = people
        receivedAt = try fields.optionalTime("received_at", noLaterThan: now)
        disclosedAt = try fields.optionalTime("disclosed_at", noLaterThan: now)
        silence = try fields.optionalRemark("silent_because")
    }
}

/// What became of the notice: `{"told_how"}` or `{"silent_because"}`, with `"account_id"?`.
package struct NoticeWish: Equatable, Sendable {
    package enum What: Equatable, Sendable {
        case told(how: Remark)
        case silent(because: Remark)
    }

    package let what: What
    package let account: AccountID?

    package static let fields = ["told_how", "silent_because", "account_id"]

    package init(_ what: What, account: AccountID?) {
        self.what = what
        self.account = account
    }

    package init(_ fields: Fields) throws(Problem) {
        let told = try fields.optionalRemark("told_how")
        let silent = try fields.optionalRemark("silent_because")
        switch (told, silent) {
        case (let how?, nil): what = .told(how: how)
        case (nil, let reason?): what = .silent(because: reason)
        default:
            throw .invalid(field: "told_how", expected: "either this or silent_because")
        }
        var account: AccountID?
        if let text = try fields.optionalText("account_id") {
            account = AccountID(parsing: text)
            guard account != nil else {
                throw .invalid(field: "account_id", expected: "an account's id, acc_…")
            }
        }
        self.account = account
    }
}

extension DisclosureLog.Failure {
    /// One sentence for a person.
    package var text: String {
        switch self {
        case .notFound: "There is no such disclosure."
        case .unknownAccount(let id): "There is no account \(id.text)."
        case .database(let error): "The database: \(error)"
        }
    }
}
