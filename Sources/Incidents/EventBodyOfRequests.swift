package import Accounts

extension Event {
    /// - Parameter request: open. What the person wrote, and who they are, stays out.
    package init(
        _ reminder: RightsReminder, of request: RightsRequest, id: EventID, deployment: Deployment,
        at time: Timestamp
    ) {
        self.init(
            id: id, deployment: deployment, type: reminder.type,
            subject: .request(request.id), time: time, content: .request(request, reminder))
    }

    func requestData(_ request: RightsRequest, _ reminder: RightsReminder) -> JSON {
        var facts: [(String, JSON)] = [
            ("reminder", .string(reminder.rawValue)),
            ("right", .string(request.right.rawValue)),
            ("received_at", .string(request.clock.receivedAt.rfc3339())),
            ("due_at", request.clock.dueAt.map { .string($0.rfc3339()) } ?? .null),
            ("promised_by", .string(request.clock.promisedBy.rfc3339())),
        ]
        if let account = request.account { facts.append(("account", .string(account.text))) }
        return .object(
            classification(activity: type.row.activity) + [
                // 1: success, of the reminding.
                ("status_id", .int(1)),
                ("message", .string(reminder.message)),
                ("metadata", metadata(profiles: [])),
                (
                    "entity",
                    .object([
                        ("type", .string("Rights Request")), ("uid", .string(request.id.text)),
                    ])
                ),
                ("unmapped", .object([("request", .object(facts))])),
            ])
    }
}

extension RightsReminder {
    package var type: EventType { self == .due ? .requestDue : .requestOverdue }

    fileprivate var message: String {
        switch self {
        case .due: "a rights request must be answered within 7 days"
        case .overdue: "the time to answer a rights request is over"
        case .promise: "a rights request was not answered within the promised 60 days"
        }
    }
}
