package import Accounts
package import Incidents
package import Storage

/// What an operator looks at and does about notices.
package struct NoticeDesk: Sendable {
    private let node: Node
    private let actor: String

    /// Dead notices that are listed at once.
    package static let listMax = 1_000
    /// How long a notice that is sent again may take.
    private static let redrivenFor = Duration.days(1)

    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    package typealias Depth = (kind: NoticeKind, state: DeliveryState, count: Int64)
    package typealias Dead = (notice: NoticeStore.Record, error: String)

    package func status() throws(StartError) -> (depth: [Depth], oldest: Timestamp?) {
        try asked { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                (try NoticeStore.depth(reader), try NoticeStore.oldestWaiting(reader))
            }
        }
    }

    package func dead() throws(StartError) -> [Dead] {
        try asked { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try NoticeStore.dead(countMax: Self.listMax, reader)
            }
        }
    }

    /// - Parameter id: `nil` for all dead ones.
    /// - Returns: how many are sent again.
    package func redrive(_ id: String?) throws(StartError) -> Int {
        let now = node.clock()
        return try asked { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                let count = try NoticeStore.redrive(
                    id, usefulUntil: now + Self.redrivenFor, at: now, transaction)
                try node.audit(
                    action: "notice.redriven", of: id ?? "all", by: actor, at: now, transaction)
                return count
            }
        }
    }

    private func asked<Answer>(
        _ body: () throws(DatabaseError) -> Answer
    ) throws(StartError) -> Answer {
        do {
            return try body()
        } catch {
            throw .refused("the database cannot be used: \(error)")
        }
    }
}
