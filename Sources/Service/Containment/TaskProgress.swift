import Accounts
package import Incidents
package import Storage

/// How far work on accounts is.
package struct TaskProgress: Sendable {
    package let task: AccountTaskStore.Record
    package let accounts: [AccountTaskStore.Outcome: Int64]
    /// Of a breach notice: mails by state.
    package let notices: [(state: DeliveryState, count: Int64)]

    package var json: JSONValue {
        let counts = AccountTaskStore.Outcome.allCases.map { outcome in
            JSONValue.Member(name: outcome.rawValue, value: .integer(accounts[outcome] ?? 0))
        }
        var members: [JSONValue.Member] = [
            .init(name: "id", value: .string(task.id)),
            .init(name: "kind", value: .string(task.kind.rawValue)),
            .init(name: "state", value: .string(task.state.rawValue)),
            .init(name: "asked_by", value: .string(task.actor)),
            .init(name: "reason", value: .string(task.reason)),
            .init(name: "asked_at", value: .string(task.askedAt.rfc3339())),
            .init(
                name: "finished_at",
                value: task.finishedAt.map { .string($0.rfc3339()) } ?? .null),
            .init(name: "accounts", value: .object(counts)),
        ]
        if task.kind == .breachNotice {
            let words: [(String, DeliveryState)] = [
                ("waiting", .ready), ("under_way", .leased), ("sent", .done), ("dead", .dead),
            ]
            members.append(
                .init(
                    name: "notices",
                    value: .object(
                        words.map { word, state in
                            .init(
                                name: word,
                                value: .integer(
                                    notices.first { $0.state == state }?.count ?? 0))
                        })))
        }
        return .object(members)
    }
}

extension Node {
    package func taskProgress(_ id: String) throws(DatabaseError) -> TaskProgress? {
        try database.read { reader throws(DatabaseError) in
            guard let task = try AccountTaskStore.find(id, reader) else { return nil }
            return TaskProgress(
                task: task, accounts: try AccountTaskStore.progress(id, reader),
                notices: try NoticeStore.depth(ofCause: id, reader))
        }
    }
}
