import Accounts
import Incidents
package import Storage

/// Tells, a week before a request must be answered, when that time is over, and when the promised 60 days
/// are.
///
/// Every node looks. A reminder is written in one transaction with the mark that it was told, which names
/// the version of the request that was read: of two nodes one commits, and after a restart the mark is
/// there.
package struct RightsReminders: Sendable {
    private let node: Node

    /// Requests in one round.
    private static let batchMax = 100

    package init(_ node: Node) {
        self.node = node
    }

    package func round() throws(DatabaseError) {
        let now = node.clock()
        let due = try node.database.read { reader throws(DatabaseError) in
            try RightsStore.toRemind(at: now, limit: Self.batchMax, reader)
        }
        for id in due {
            while let told = try remind(id, at: now) {
                node.noteEnqueued(told.type)
                node.log.warning(
                    "a rights request waits", .key(id.text), .reason(told.rawValue))
            }
        }
    }

    /// - Returns: what was told; `nil` when there is nothing, or another node is at it.
    private func remind(
        _ id: RightsRequestID, at now: Timestamp
    ) throws(DatabaseError) -> RightsReminder? {
        do {
            return try node.database.transaction { transaction throws(DatabaseError) in
                guard let record = try RightsStore.find(id, transaction),
                    let reminder = record.request.reminderDue(at: now)
                else { return nil }
                var request = record.request
                request.note(reminder)
                try RightsStore.update(request, over: record.version, transaction)
                try RightsStore.append(
                    "reminded", reminder.rawValue, to: id, by: "service", at: now, transaction)
                try node.enqueue(
                    Event(
                        reminder, of: request, id: node.eventID(at: now),
                        deployment: node.deployment, at: now), transaction)
                return reminder
            }
        } catch .conflict {
            return nil
        }
    }
}
