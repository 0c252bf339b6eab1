package import Accounts
import Storage

/// A request as administrators read it.
package func encode(_ request: RightsRequest, at now: Timestamp) -> JSONValue {
    let clock = request.clock
    return [
        "id": .string(request.id.text),
        "account_id": request.account.map { .string($0.text) } ?? .null,
        "right": .string(request.right.rawValue),
        "channel": .string(request.channel.rawValue),
        "received_at": moment(clock.receivedAt),
        "recorded_at": moment(request.recordedAt),
        "contact": request.contact.map { .string($0.text) } ?? .null,
        "detail": request.detail.map { .string($0.text) } ?? .null,
        "identity": .string(request.identity.rawValue),
        "suspended_since": moment(clock.suspendedSince),
        "suspended_seconds": .integer(clock.suspendedFor.seconds),
        "extended_at": moment(clock.extendedAt),
        "due_at": moment(clock.dueAt),
        "promised_by": moment(clock.promisedBy),
        "overdue": .boolean(
            clock.isOverdue(at: request.decision?.at ?? now)),
        "decided_at": moment(request.decision?.at),
        "outcome": request.decision.map { .string($0.outcome.rawValue) } ?? .null,
        "outcome_reason": request.decision?.reason.map { .string($0.text) } ?? .null,
    ]
}

/// What the person reads of it: where it stands, without how they are reached.
package func encodeForPerson(_ request: RightsRequest) -> JSONValue {
    let clock = request.clock
    return [
        "id": .string(request.id.text), "right": .string(request.right.rawValue),
        "channel": .string(request.channel.rawValue), "received_at": moment(clock.receivedAt),
        "detail": request.detail.map { .string($0.text) } ?? .null,
        "waits_for_identity": .boolean(clock.suspendedSince != nil),
        "extended_at": moment(clock.extendedAt), "due_at": moment(clock.dueAt),
        "decided_at": moment(request.decision?.at),
        "outcome": request.decision.map { .string($0.outcome.rawValue) } ?? .null,
        "outcome_reason": request.decision?.reason.map { .string($0.text) } ?? .null,
    ]
}

package func encode(_ file: RightsBook.File, at now: Timestamp) -> JSONValue {
    [
        "request": encode(file.request, at: now),
        "steps": .array(file.steps.map(encode)),
    ]
}

func encode(_ step: RightsStore.Step) -> JSONValue {
    [
        "number": .integer(step.number), "at": moment(step.at), "by": .string(step.actor),
        "step": .string(step.step), "text": .string(step.text),
    ]
}

package func encode(_ entry: Disclosure) -> JSONValue {
    [
        "id": .string(entry.id.text), "authority": .string(entry.authority.text),
        "legal_basis": .string(entry.legalBasis.text), "scope": .string(entry.scope.text),
        "reference": .string(entry.reference.text), "received_at": moment(entry.receivedAt),
        "disclosed_at": moment(entry.disclosedAt), "recorded_at": moment(entry.recordedAt),
        "by": .string(entry.actor),
    ]
}

func encode(_ person: DisclosureStore.Person) -> JSONValue {
    switch person.notice {
    case .open: ["account_id": .string(person.account.text), "notice": "open"]
    case .silent(let reason):
        [
            "account_id": .string(person.account.text), "notice": "silent",
            "because": .string(reason.text),
        ]
    case .told(let at, let how):
        [
            "account_id": .string(person.account.text), "notice": "told", "told_at": moment(at),
            "how": .string(how.text),
        ]
    }
}

func moment(_ time: Timestamp?) -> JSONValue { time.map { .string($0.rfc3339()) } ?? .null }
