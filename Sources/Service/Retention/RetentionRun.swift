import Accounts
import Incidents
import Secrets
package import Storage

/// Erases what is over, a bounded step at a time. Progress is what is gone: whoever is killed and
/// starts again goes on where the last commit was, and a second run over the same store finds nothing.
///
/// Each step is one transaction, in which the state and the flags are asked again, whatever the page
/// said that was read before.
package struct RetentionRun: Sendable {
    /// What a run has done so far.
    package struct Tally: Equatable, Sendable {
        package var records: Int64 = 0
        package var tombstones: Int64 = 0
        package var accounts: Int64 = 0
        /// Rows of consents and acceptances.
        package var consents: Int64 = 0
        package var logRows: Int64 = 0
        package var warned: Int64 = 0
        package var closed: Int64 = 0

        package var isEmpty: Bool { self == Tally() }
    }

    enum Phase: Equatable {
        case records
        case tombstones
        case consents
        /// By its place in ``RetentionSweep/all``.
        case sweep(Int)
        case warnings
        case closures
        case done
    }

    let node: Node
    let actor: String
    let proofs: ErasureProofs
    /// Of the whole run: what becomes due meanwhile is the next one's.
    let now: Timestamp
    var phase = Phase.records
    var recordPlace = RetentionStore.Place(eraseAfter: .earliest, key: "")
    var tombstonePlace = RetentionStore.Place(eraseAfter: .earliest, key: [UInt8]())
    var accountPlace = RetentionStore.Place(eraseAfter: .earliest, key: "")
    package internal(set) var tally = Tally()

    /// Things in one transaction. It bounds memory, and how long others wait.
    package static let batchMax = 500

    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
        proofs = ErasureProofs(node.keys)
        now = node.clock()
    }

    package var isDone: Bool { phase == .done }

    /// Sealed records and tombstones due, of which some may be held.
    package func dueCount() throws(DatabaseError) -> Int64 {
        try node.database.read { reader throws(DatabaseError) in
            try RetentionStore.count(dueBy: now, reader)
        }
    }

    /// One transaction's worth of work.
    ///
    /// - Throws: what the database throws; the same step can be tried again then.
    package mutating func step() throws(DatabaseError) {
        switch phase {
        case .records:
            let page = try node.database.read { reader throws(DatabaseError) in
                try RetentionStore.records(
                    dueBy: now, after: recordPlace, limit: Self.batchMax, reader)
            }
            tally.records += try erase(page)
            guard page.count == Self.batchMax, let last = page.last,
                case .record(let id) = last.what
            else { return phase = .tombstones }
            recordPlace = .init(eraseAfter: last.eraseAfter, key: id.text)
        case .tombstones:
            let page = try node.database.read { reader throws(DatabaseError) in
                try RetentionStore.tombstones(
                    dueBy: now, after: tombstonePlace, limit: Self.batchMax, reader)
            }
            tally.tombstones += try erase(page)
            guard page.count == Self.batchMax, let last = page.last,
                case .tombstone(let locator) = last.what
            else { return phase = .consents }
            tombstonePlace = .init(eraseAfter: last.eraseAfter, key: locator.bytes)
        case .consents: try eraseConsents()
        case .sweep(let index): try sweep(index)
        case .warnings: try warnUnused()
        case .closures: try closeUnused()
        case .done: break
        }
    }

    // MARK: - Records and tombstones

    /// - Returns: how many of the page went; the others were gone or held by then.
    private mutating func erase(_ page: [RetentionStore.Due]) throws(DatabaseError) -> Int64 {
        guard !page.isEmpty else { return 0 }
        // Signed before the transaction, so that nobody waits for it.
        let signed = try page.map { due throws(DatabaseError) in
            try prove(
                due.account, .category(due.category), record: due.what.recordID,
                eraseAfter: due.eraseAfter)
        }
        let outcome = try node.database.transaction { transaction throws(DatabaseError) in
            try erase(page, signed, transaction)
        }
        tally.accounts += outcome.accounts
        for _ in 0..<outcome.accounts { node.noteEnqueued(.accountErased) }
        if outcome.things > 0 { node.scrubs.request() }
        return outcome.things
    }

    private func erase(
        _ page: [RetentionStore.Due], _ signed: [ErasureStore.Record],
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> (things: Int64, accounts: Int64) {
        var things: Int64 = 0
        var touched: [AccountID: Timestamp] = [:]
        for (due, proof) in zip(page, signed) {
            guard try !RetentionStore.isHeld(due.category, of: due.account, transaction) else {
                continue
            }
            let isGone =
                switch due.what {
                case .record(let id): try SealedRecordStore.erase(id, transaction)
                case .tombstone(let locator):
                    try TombstoneStore.erase(locator, at: now, transaction)
                }
            guard isGone else { continue }
            try ErasureStore.append(proof, transaction)
            things += 1
            touched[due.account] = max(touched[due.account] ?? .earliest, due.eraseAfter)
        }
        guard things > 0 else { return (0, 0) }
        try node.audit(
            action: "retention.erased", of: signed[0].erasure.id, by: actor,
            reason: "\(things) of \(page[0].what.isRecord ? "sealed records" : "tombstones")",
            at: now, transaction)
        var accounts: Int64 = 0
        for (id, due) in touched.sorted(by: { $0.key.text < $1.key.text }) {
            if try finish(id, due: due, transaction) { accounts += 1 }
        }
        return (things, accounts)
    }

    /// An account of which nothing is left is erased, unless its owner has returned or a flag stops it:
    /// ``AccountLife`` decides.
    ///
    /// - Parameter closure: which one the page was about; `nil` where what is left says it.
    private func finish(
        _ id: AccountID, closure: Timestamp? = nil, due: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        guard try !RetentionStore.hasRemains(id, transaction),
            let account = try AccountStore.find(id, transaction),
            case .closed(let closedAt) = account.state
        else { return false }
        let life = AccountLife(account.state, flags: try FlagStore.standing(of: id, transaction))
        guard life.erasure(ofClosure: closure ?? closedAt, due: due, at: now) == .due else {
            return false
        }
        try RetentionStore.markErased(account, at: now, transaction)
        try ErasureStore.append(try prove(id, .account, eraseAfter: due), transaction)
        try node.record(.erased, of: id, by: actor, from: nil, at: now, transaction)
        return true
    }

    func prove(
        _ account: AccountID?, _ thing: Erasure.Thing, record: String = "", count: Int64 = 1,
        eraseAfter: Timestamp
    ) throws(DatabaseError) -> ErasureStore.Record {
        do throws(SecretError) {
            return try proofs.signed(
                Erasure(
                    id: node.eventID(at: now).text, account: account, thing: thing,
                    record: record, count: count, eraseAfter: eraseAfter, erasedAt: now))
        } catch {
            throw .refused("an erasure could not be signed: \(error)")
        }
    }

    // MARK: - Consents

    private mutating func eraseConsents() throws(DatabaseError) {
        let cut = node.retention.rule(for: .consentProof, at: now).concludedBefore(now)
        let page = try node.database.read { reader throws(DatabaseError) in
            try RetentionStore.consenting(
                closedBefore: cut, after: accountPlace, limit: Self.batchMax, reader)
        }
        let outcome = try node.database.transaction { transaction throws(DatabaseError) in
            var outcome: (rows: Int64, accounts: Int64) = (0, 0)
            for (account, closedAt) in page {
                guard try !RetentionStore.isHeld(.consentProof, of: account, transaction) else {
                    continue
                }
                let count = Int64(
                    try RetentionStore.eraseConsents(of: account, closedAt: closedAt, transaction))
                guard count > 0 else { continue }
                let due = node.retention.rule(for: .consentProof, at: now)
                    .eraseAfter(closedAt: closedAt)
                let proof = try prove(
                    account, .category(.consentProof), count: count, eraseAfter: due)
                try ErasureStore.append(proof, transaction)
                outcome.rows += count
                if try finish(account, closure: closedAt, due: due, transaction) {
                    outcome.accounts += 1
                }
            }
            return outcome
        }
        tally.consents += outcome.rows
        tally.accounts += outcome.accounts
        for _ in 0..<outcome.accounts { node.noteEnqueued(.accountErased) }
        guard page.count == Self.batchMax, let last = page.last else {
            accountPlace = .init(eraseAfter: .earliest, key: "")
            return phase = .sweep(0)
        }
        accountPlace = .init(eraseAfter: last.closedAt, key: last.account.text)
    }

    // MARK: - Logs

    private mutating func sweep(_ index: Int) throws(DatabaseError) {
        guard index < RetentionSweep.all.count else {
            accountPlace = .init(eraseAfter: .earliest, key: "")
            return phase = .warnings
        }
        let sweep = RetentionSweep.all[index]
        let cut = node.retention.rule(for: sweep.category, at: now).concludedBefore(now)
        let count = try node.database.transaction { transaction throws(DatabaseError) in
            guard try !FlagStore.isHeld(sweep.category, transaction) else { return 0 }
            let count = try sweep.delete(before: cut, limit: Self.batchMax, transaction)
            guard count > 0 else { return 0 }
            let proof = try prove(
                nil, .category(sweep.category), record: sweep.name, count: Int64(count),
                eraseAfter: cut)
            try ErasureStore.append(proof, transaction)
            return count
        }
        tally.logRows += Int64(count)
        if count < Self.batchMax { phase = .sweep(index + 1) }
    }
}

extension RetentionStore.Due.What {
    /// Empty for a tombstone: a locator is a keyed digest of an identifier, and no journal's business.
    var recordID: String {
        if case .record(let id) = self { return id.text }
        return ""
    }

    var isRecord: Bool { !recordID.isEmpty }
}
