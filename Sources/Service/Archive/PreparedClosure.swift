import Accounts
import Incidents
import Secrets
import Storage

/// A closure with everything that takes time done: what is kept is sealed. What is left is one
/// transaction.
struct PreparedClosure: Sendable {
    let account: AccountStore.Record
    let plan: ClosurePlan
    let records: [SealedRecordStore.Record]
    let reason: ClosureReason
    let closedAt: Timestamp
}

extension Node {
    /// Cuts what must be kept of an account into categories and seals each.
    ///
    /// - Throws: 500 when there is no certificate to seal to: nothing closes that could not be kept as
    ///   promised.
    func prepareClosure(
        of account: AccountStore.Record, _ reason: ClosureReason, at now: Timestamp
    ) throws(Problem) -> PreparedClosure {
        let besides = try withProblems { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                try categoriesBesides(account.id, reader)
            }
        }
        var plan = ClosurePlan(
            closing: ClosingAccount(
                email: account.profile?.email ?? "", displayName: account.profile?.displayName,
                createdAt: account.createdAt, closedAt: now, reason: reason),
            under: retention, besides: besides)
        // Without a profile there is nobody to keep anything of.
        if account.profile == nil {
            plan = ClosurePlan(keeping: plan.kept.filter(\.fields.isEmpty))
        }
        return PreparedClosure(
            account: account, plan: plan, records: try seal(plan, of: account.id, at: now),
            reason: reason, closedAt: now)
    }

    /// What is kept of an account beside what is sealed.
    private func categoriesBesides(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Set<RetentionCategory> {
        var besides: Set<RetentionCategory> = [.identifierTombstone, .securityLog]
        if try !ConsentStore.history(of: account, reading).isEmpty { besides.insert(.consentProof) }
        return besides
    }

    /// One record for each category that keeps fields.
    func seal(
        _ plan: ClosurePlan, of account: AccountID, at now: Timestamp
    ) throws(Problem) -> [SealedRecordStore.Record] {
        guard !plan.sealed.isEmpty else { return [] }
        let stored = try withProblems { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                try ArchiveCertificateStore.current(reader)
            }
        }
        guard let stored else {
            log.error("there is no archive certificate to seal to")
            throw .internalError
        }
        do {
            let certificate = try ArchiveCertificate(pem: stored.pem)
            return try plan.sealed.map { kept throws(SecretError) in
                try record(kept, of: account, to: certificate, at: now)
            }
        } catch {
            log.error("a record cannot be sealed", .reason(String(describing: error)))
            throw .internalError
        }
    }

    private func record(
        _ kept: ClosurePlan.Kept, of account: AccountID, to certificate: ArchiveCertificate,
        at now: Timestamp
    ) throws(SecretError) -> SealedRecordStore.Record {
        let id = SealedRecordID(bytes: SystemRandom.bytes(count: 16))
        let text = SealedText(
            id: id, account: account, category: kept.category.rawValue, basis: kept.basis,
            eraseAfter: kept.eraseAfter,
            fields: kept.fields.map { .init(name: $0.field.rawValue, value: $0.value) })
        let sealed = try certificate.seal(text.value.bytes)
        return SealedRecordStore.Record(
            id: id, account: account, category: text.category, basis: text.basis,
            eraseAfter: text.eraseAfter, sealed: sealed, digest: .sha256(of: sealed),
            archiveKey: certificate.fingerprint, sealedAt: now)
    }

    /// Takes an account off line, in the caller's transaction: the hash, sessions and devices are
    /// destroyed, records stored, the identifier left as a tombstone, addresses in the sign-in log cut,
    /// the event enqueued.
    ///
    /// - Throws: `.conflict` when the account changed since it was read.
    func write(
        _ closure: PreparedClosure, by actor: String, from source: SourceAddress?,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let (id, now) = (closure.account.id, closure.closedAt)
        try AccountStore.close(
            closure.account, at: now,
            tombstoneUntil: ClosurePlan.tombstoneEnd(closedAt: now, under: retention),
            hasRecords: !closure.records.isEmpty, transaction)
        try SessionStore.deleteAll(of: id, transaction)
        try DeviceStore.deleteAll(of: id, transaction)
        try SignInStore.blurSources(of: id, transaction)
        try keep(closure.records, by: actor, at: now, transaction)
        try record(.closed(closure.reason), of: id, by: actor, from: source, at: now, transaction)
    }

    /// Stores records, each with its digest in the audit log: whoever writes the database cannot put
    /// another record in its place unseen.
    func keep(
        _ records: [SealedRecordStore.Record], by actor: String, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        for record in records {
            try SealedRecordStore.insert(record, transaction)
            try audit(
                action: SealedRecordStore.auditAction, of: record.auditObject, by: actor, at: now,
                transaction)
        }
    }

    func noteClosed() {
        noteEnqueued(.accountClosed)
        scrubs.request()
    }

    /// What was promised when an account was closed, from what is there now.
    func promised(
        of account: AccountID, closedAt: Timestamp
    ) throws(Problem) -> [ClosurePlan.Kept] {
        let (summaries, besides) = try withProblems { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                (
                    try SealedRecordStore.summaries(of: account, reader),
                    try categoriesBesides(account, reader)
                )
            }
        }
        return retention.categories(closedAt: closedAt).compactMap { rule in
            let end = rule.eraseAfter(closedAt: closedAt)
            let isSealed = summaries.contains {
                $0.category == rule.category.rawValue && $0.eraseAfter == end
            }
            guard isSealed || besides.contains(rule.category) else { return nil }
            return ClosurePlan.Kept(
                category: rule.category, basis: rule.basis, eraseAfter: end, fields: [])
        }
    }
}
