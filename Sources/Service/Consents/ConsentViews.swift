package import Accounts
package import Secrets
package import Storage

/// What an application reads: `{"purpose", "permitted", "basis", "reason", "since"?, "policy_version"?}`.
package func encode(_ permission: Permission) -> JSONValue {
    var members: [JSONValue.Member] = [
        .init(name: "purpose", value: .string(permission.purpose.rawValue)),
        .init(name: "permitted", value: .boolean(permission.isPermitted)),
        .init(name: "basis", value: .string(permission.purpose.basis.rawValue)),
        .init(name: "reason", value: .string(permission.reason.rawValue)),
    ]
    if let act = permission.decidedBy {
        members.append(.init(name: "since", value: .string(act.effectiveAt.rfc3339())))
        if let pin = act.pin {
            members.append(.init(name: "policy_version", value: .string(pin.policyVersion.text)))
        }
    }
    return .object(members)
}

package func encode(_ record: ConsentRecord) -> JSONValue {
    var members: [JSONValue.Member] = [
        .init(name: "id", value: .string(record.id)),
        .init(name: "purpose", value: .string(record.purpose.rawValue)),
        .init(name: "act", value: .string(record.act.rawValue)),
        .init(name: "at", value: .string(record.effectiveAt.rfc3339())),
        .init(name: "recorded_at", value: .string(record.recordedAt.rfc3339())),
    ]
    if let pin = record.pin {
        members += [
            .init(name: "policy_version", value: .string(pin.policyVersion.text)),
            .init(
                name: "text_digest", value: .string(hexadecimal(pin.textDigest))),
            .init(name: "locale", value: .string(pin.locale.text)),
        ]
    }
    members.append(.init(name: "channel", value: .string(record.channel.rawValue)))
    if let evidence = record.evidence {
        members.append(.init(name: "evidence", value: .string(evidence.text)))
    }
    members.append(.init(name: "by", value: .string(record.actor)))
    return .object(members)
}

package func encode(_ held: ConsentBook.Held) -> JSONValue {
    [
        "permissions": .array(held.permissions.map(encode)),
        "history": .array(held.history.map(encode)),
        "accepted_policies": .array(held.acceptances.map(encode)),
    ]
}

package func encode(_ acceptance: PrivacyPolicyStore.Acceptance) -> JSONValue {
    var members: [JSONValue.Member] = [
        .init(name: "version", value: .string(acceptance.version.text)),
        .init(name: "account_id", value: .string(acceptance.account.text)),
        .init(name: "accepted_at", value: .string(acceptance.at.rfc3339())),
        .init(name: "locale", value: .string(acceptance.locale.text)),
        .init(name: "channel", value: .string(acceptance.channel.rawValue)),
    ]
    if let evidence = acceptance.evidence {
        members.append(.init(name: "evidence", value: .string(evidence.text)))
    }
    return .object(members)
}

package func encode(
    _ policy: PrivacyPolicyStore.Record, isCurrent: Bool
) -> JSONValue {
    [
        "version": .string(policy.version.text),
        "effective_at": .string(policy.effectiveAt.rfc3339()),
        "added_at": .string(policy.addedAt.rfc3339()),
        "current": .boolean(isCurrent),
        "texts": .array(
            policy.texts.map { text in
                [
                    "locale": .string(text.locale.text),
                    "sha256": .string(hexadecimal(text.digest)),
                ]
            }),
    ]
}

/// As `sha256sum` prints it.
package func hexadecimal(_ digest: Digest) -> String { Hexadecimal.encode(digest.bytes) }
