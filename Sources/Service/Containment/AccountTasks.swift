import Accounts
import Incidents
import Secrets
import Storage
import Threads

/// Does what was asked for many accounts, in batches: each is one transaction that also notes which
/// accounts are done. Whatever is killed when, every account is done once. One node at a time.
final class AccountTasks: Sendable {
    private let node: Node
    private let holder = SystemRandom.bytes(count: 16)
    private let isStopping = Guarded(false)

    /// Rows of the log read in one transaction.
    private static let pageMax = 1_000
    /// Accounts of one transaction: a sign-in waits behind it for a few milliseconds.
    private static let batchMax = 50
    private static let leaseName = "account_tasks"
    /// A node that was killed holds the work up this long.
    private static let leaseTime = Duration.seconds(15)

    init(_ node: Node) {
        self.node = node
    }

    /// Ends after the batch under way; whoever takes the work next goes on there.
    func stop() {
        isStopping.withLock { $0 = true }
    }

    func round() {
        do {
            while !isStopping.withLock({ $0 }), let task = try next() { try step(task) }
        } catch {
            node.log.warning("work on accounts waits", .reason(String(describing: error)))
        }
    }

    func last() {
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                try WorkLeaseStore.release(Self.leaseName, holder: holder, transaction)
            }
        } catch {
            node.log.warning("the lease of work on accounts was not given back")
        }
    }

    /// The oldest open task, if this node may work on it.
    private func next() throws(DatabaseError) -> AccountTaskStore.Record? {
        let task = try node.database.read { reader throws(DatabaseError) in
            try AccountTaskStore.open(reader)
        }
        guard let task else { return nil }
        let now = node.clock()
        let isHeld = try node.database.transaction { transaction throws(DatabaseError) in
            try WorkLeaseStore.take(
                Self.leaseName, holder: holder, until: now + Self.leaseTime, at: now, transaction)
        }
        return isHeld ? task : nil
    }

    private func step(_ task: AccountTaskStore.Record) throws(DatabaseError) {
        do throws(DatabaseError) {
            switch task.state {
            case .gathering: try gather(task)
            case .running: try run(task)
            case .done: break
            }
        } catch .conflict {
            // Another node came between; it is read again.
        }
    }

    private func gather(_ task: AccountTaskStore.Record) throws(DatabaseError) {
        switch task.choice {
        case nil: break
        case .signedIn(let selection): try gather(task, from: selection)
        case .affected(let incident): try gather(task, concernedBy: incident)
        }
    }

    /// Adds one page of the accounts that an incident concerns.
    private func gather(
        _ task: AccountTaskStore.Record, concernedBy incident: IncidentID
    ) throws(DatabaseError) {
        try node.database.transaction { transaction throws(DatabaseError) in
            let page = try AffectedAccounts.page(
                of: incident, after: AccountID(parsing: task.position), limit: Self.pageMax,
                transaction)
            for account in page ?? [] {
                _ = try AccountTaskStore.add(account, to: task.id, transaction)
            }
            let isLast = (page ?? []).count < Self.pageMax
            try AccountTaskStore.moveOn(
                task, to: page?.last?.text ?? task.position,
                state: isLast ? .running : .gathering, transaction)
        }
    }

    /// Reads one page of the log and adds whom it names.
    private func gather(
        _ task: AccountTaskStore.Record, from selection: AccountTaskStore.Selection
    ) throws(DatabaseError) {
        let network = selection.source.flatMap(SourcePrefix.init(parsing:))
        let page = try node.database.read { reader throws(DatabaseError) in
            try AccountTaskStore.signIns(
                after: task.position, until: selection.until, limit: Self.pageMax, reader)
        }
        var accounts: Set<AccountID> = []
        for row in page {
            guard let account = AccountID(parsing: row.subject) else { continue }
            if selection.source != nil {
                guard let address = SourceAddress(parsing: row.source),
                    network?.contains(address) == true
                else { continue }
            }
            accounts.insert(account)
        }
        let isLast = page.count < Self.pageMax
        let found = accounts
        try node.database.transaction { transaction throws(DatabaseError) in
            for account in found {
                _ = try AccountTaskStore.add(account, to: task.id, transaction)
            }
            try AccountTaskStore.moveOn(
                task, to: page.last?.id ?? task.position, state: isLast ? .running : .gathering,
                transaction)
        }
    }

    /// Does one batch; the last one ends the task.
    private func run(_ task: AccountTaskStore.Record) throws(DatabaseError) {
        let batch = try node.database.read { reader throws(DatabaseError) in
            try AccountTaskStore.waiting(task.id, countMax: Self.batchMax, reader)
        }
        let now = node.clock()
        guard !batch.isEmpty else {
            try node.database.transaction { transaction throws(DatabaseError) in
                guard try AccountTaskStore.finish(task.id, at: now, transaction) else {
                    throw .conflict
                }
                try node.audit(
                    action: "\(task.kind.rawValue).finished", of: task.id, by: task.actor,
                    reason: task.reason, at: now, transaction)
            }
            node.log.info("work on accounts is done")
            return
        }
        let notices = try notices(for: batch, task, at: now)
        try node.database.transaction { transaction throws(DatabaseError) in
            for (account, notice) in zip(batch, notices) {
                let isDone = try act(task, on: account, notice, at: now, transaction)
                try AccountTaskStore.settle(
                    account, of: task.id, as: isDone ? .done : .skipped, transaction)
            }
        }
        for notice in notices { notice.map(node.notePosted) }
    }

    private func notices(
        for accounts: [AccountID], _ task: AccountTaskStore.Record, at now: Timestamp
    ) throws(DatabaseError) -> [Notice?] {
        guard task.kind == .breachNotice else { return accounts.map { _ in nil } }
        do throws(Problem) {
            var notices: [Notice?] = []
            for account in accounts {
                notices.append(try node.notice(.breach, to: account, cause: task.id, at: now))
            }
            return notices
        } catch {
            throw .conflict
        }
    }

    /// - Returns: `false` for an account that is off line: there is nothing to do, and nobody to tell.
    private func act(
        _ task: AccountTaskStore.Record, on id: AccountID, _ notice: Notice?, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        guard let account = try AccountStore.find(id, transaction), account.profile != nil else {
            return false
        }
        if let notice {
            try node.post(notice, transaction)
            return true
        }
        try SessionStore.deleteAll(of: id, transaction)
        try DeviceStore.deleteAll(of: id, transaction)
        try LinkStore.deleteAll(of: id, transaction)
        try AccountStore.requireChange(of: id, transaction)
        try node.tighten(try AddressStore.locators(of: id, transaction), at: now, transaction)
        try node.audit(
            action: "account.contained", of: id.text, by: task.actor, reason: task.reason,
            at: now, transaction)
        return true
    }
}
