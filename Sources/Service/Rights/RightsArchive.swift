package import Accounts
package import Storage

/// What is kept of a person's consents and requests once the account is closed, as bytes to be sealed, and
/// the removal of what was live.
///
/// Called by the closure, in its transaction: seal what ``consentProof(of:_:)`` and ``rightsFile(of:_:)``
/// give under their categories, then ``removeLive(of:_:)``. Requests that are still open are not sealed
/// and stay: somebody who closes an account is still owed an answer.
package enum RightsArchive {
    /// JSON; `nil` where there is nothing to prove.
    package static func consentProof(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [UInt8]? {
        let history = try ConsentStore.history(of: account, reading)
        let acceptances = try PrivacyPolicyStore.acceptances(by: account, reading)
        guard !history.isEmpty || !acceptances.isEmpty else { return nil }
        let value: JSONValue = [
            "account_id": .string(account.text), "consents": .array(history.map(encode)),
            "accepted_policies": .array(acceptances.map(encode)),
        ]
        return value.bytes
    }

    /// JSON of decided requests with their steps, and of disclosures; `nil` where there are none.
    package static func rightsFile(
        of account: AccountID, at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [UInt8]? {
        var files: [JSONValue] = []
        for record in try RightsStore.all(of: account, reading)
        where record.request.decision != nil {
            let steps = try RightsStore.steps(of: record.request.id, reading)
            files.append(encode(RightsBook.File(request: record.request, steps: steps), at: now))
        }
        let disclosures = try DisclosureStore.all(of: account, reading)
        guard !files.isEmpty || !disclosures.isEmpty else { return nil }
        let value: JSONValue = [
            "account_id": .string(account.text), "requests": .array(files),
            "disclosures": .array(
                disclosures.map { entry, notice in
                    [
                        "disclosure": encode(entry),
                        "notice": encode(DisclosureStore.Person(account: account, notice: notice)),
                    ]
                }),
        ]
        return value.bytes
    }

    /// After both were sealed.
    package static func removeLive(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try ConsentStore.deleteAll(of: account, transaction)
        try RightsStore.deleteDecided(of: account, transaction)
        try DisclosureStore.deleteAll(of: account, transaction)
    }
}
