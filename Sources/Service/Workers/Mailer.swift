import Accounts
import Incidents
import Outbound
import Secrets
import Storage
import Threads

/// Sends notices by mail, one after the other. Each is leased, so any number of nodes may send, and one
/// that was killed on the way is sent again: at least once, with the same Message-ID.
final class Mailer: Sendable {
    private let node: Node
    private let route: MailRoute
    private let schedule: DeliverySchedule
    private let pause = Guarded(Pause())
    private let isStopping = Guarded(false)

    /// While the mail server cannot be used nothing is tried; a doubling wait, by the service's clock.
    private struct Pause: Sendable {
        var until = Timestamp.earliest
        var length = Duration.zero
    }

    /// Mails of one round, so that the worker looks up now and then.
    private static let batchMax = 100
    /// Longer than one mail can take.
    private static let lease = Duration.seconds(60)
    private static let pauseFirst = Duration.seconds(1)
    private static let pauseMax = Duration.seconds(60)

    init(_ node: Node, _ route: MailRoute) throws(DeliveryScheduleError) {
        self.node = node
        self.route = route
        // 12 attempts with these waits span a day or so: what greylists lets in within the hour, and
        // what is full for a night is tried again in the morning.
        schedule = try DeliverySchedule(
            attemptsMax: route.attemptsMax, firstDelay: .seconds(30), delayMax: .hours(2),
            abandonedAfter: .days(30))
    }

    /// The mail under way is finished first.
    func stop() {
        isStopping.withLock { $0 = true }
    }

    func round() {
        do throws(DatabaseError) {
            try giveUpExpired()
            let now = node.clock()
            // In either direction: a clock that was put back must not stop the mail.
            let mayTry = pause.withLock { now >= $0.until || $0.until - now > Self.pauseMax }
            if mayTry { try sendWaiting() }
        } catch {
            node.log.warning("mail waits", .reason(String(describing: error)))
        }
    }

    private func sendWaiting() throws(DatabaseError) {
        var connection: MailConnection?
        for _ in 0..<Self.batchMax where !isStopping.withLock({ $0 }) {
            let now = node.clock()
            let token = SystemRandom.bytes(count: 16)
            let notice = try node.database.transaction { transaction throws(DatabaseError) in
                try NoticeStore.lease(
                    token: token, until: now + Self.lease, latest: now + Self.lease, countMax: 1,
                    at: now, transaction
                ).first
            }
            guard let notice else { return }
            guard let message = try message(of: notice, at: now) else {
                try settle(notice, token, .dropped)
                continue
            }
            do throws(MailError) {
                let open: MailConnection
                if let connection { open = connection } else { open = try route.connect() }
                connection = open
                try open.send(message)
                pause.withLock { $0 = Pause() }
            } catch {
                try settle(notice, token, .failed(error))
                if case .server(let reason) = error {
                    rest(reason)
                    return
                }
                continue
            }
            try settle(notice, token, .sent)
        }
    }

    private func rest(_ reason: String) {
        let now = node.clock()
        pause.withLock { pause in
            pause.length = min(max(Self.pauseFirst, pause.length * 2), Self.pauseMax)
            pause.until = now + pause.length
        }
        node.log.warning("the mail server cannot be used", .reason(reason))
    }

    // MARK: What is sent

    /// - Returns: `nil` when there is nobody to send it to any more, or never was.
    private func message(
        of notice: NoticeStore.Record, at now: Timestamp
    ) throws(DatabaseError) -> MailMessage? {
        guard !notice.isVoid else { return nil }
        let payload = node.payload(of: notice)
        guard let address = try address(of: notice, payload), let to = Mailbox(address: address)
        else { return nil }
        var values: [NoticeTemplate.Placeholder: String] = [
            .service: node.notices.serviceName, .time: notice.createdAt.words(notice.locale),
        ]
        if let kind = notice.kind.link {
            guard case .smtp(let base) = node.notices.links,
                let link = try link(kind, of: notice, payload, at: now)
            else { return nil }
            values[.link] = base.link(kind, link.token)
            values[.until] = link.record.expiresAt.words(notice.locale)
        }
        if notice.kind == .unusedAccount {
            let closure = node.retention.unused.closesAt(warned: notice.createdAt)
            values[.until] = closure.words(notice.locale)
        }
        if notice.kind == .breach {
            let task = try node.database.read { reader throws(DatabaseError) in
                try AccountTaskStore.find(notice.cause, reader)
            }
            guard let task else { return nil }
            values[.subject] = task.subject
            values[.text] = task.content
        }
        let (subject, text) = node.notices.templates[notice.kind, notice.locale].filled(values)
        return MailMessage(
            from: route.sender, to: to, subject: subject, text: text, date: now.mailDate,
            id: notice.id)
    }

    private func address(
        of notice: NoticeStore.Record, _ payload: [UInt8]?
    ) throws(DatabaseError) -> String? {
        switch notice.kind {
        case .addressConfirmation, .addressChanged, .resetElsewhere, .closure:
            return payload.flatMap { String(validating: $0, as: UTF8.self) }
        case .registration:
            return payload.flatMap(PendingRegistration.init(encoded:))?.email
        case .passwordChanged, .passwordReset, .newDevice, .emailVerification,
            .registrationAttempt, .unusedAccount, .breach:
            guard let id = notice.account else { return nil }
            // Read now, so that no copy of it had to be kept.
            let account = try node.database.read { reader throws(DatabaseError) in
                try AccountStore.find(id, reader)
            }
            if notice.kind == .passwordReset, account?.state.allowsSignIn != true { return nil }
            return account?.profile?.email
        }
    }

    /// Makes the link that a mail carries, now, so that nothing that opens anything had to wait in the
    /// database. A mailbox that was given up in the last day hears of it in the same transaction, which
    /// is committed before the link leaves.
    private func link(
        _ kind: LinkKind, of notice: NoticeStore.Record, _ payload: [UInt8]?, at now: Timestamp
    ) throws(DatabaseError) -> MadeLink? {
        let link: MadeLink
        do {
            link = try node.makeLink(kind, of: notice.account, carrying: payload, at: now)
        } catch {
            node.log.error("a link could not be made", .reason(String(describing: error)))
            return nil
        }
        try node.database.transaction { transaction throws(DatabaseError) in
            try LinkStore.insert(link.record, transaction)
            guard kind == .passwordReset, let account = notice.account else { return }
            try node.tellFormerAddresses(
                of: account, cause: notice.id, at: now, transaction)
        }
        return link
    }

    // MARK: What became of it

    private enum End {
        case sent
        /// There was nobody to tell.
        case dropped
        case failed(MailError)
    }

    private func settle(
        _ notice: NoticeStore.Record, _ token: [UInt8], _ end: End
    ) throws(DatabaseError) {
        switch end {
        case .sent, .dropped:
            _ = try node.database.transaction { transaction throws(DatabaseError) in
                try NoticeStore.finish(notice.id, token: token, transaction)
            }
            // A row for nobody is no notice.
            if case .sent = end { count(notice.kind, "sent") }
        case .failed(.refused(let code)):
            try bury(notice, token, error: String(code))
        case .failed(.postponed(let code)):
            let random = SystemRandom.bytes(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let next = schedule.nextAttempt(
                afterAttempts: notice.attempts, at: node.clock(), random: random)
            guard let next else { return try bury(notice, token, error: String(code)) }
            try release(
                notice, token, notBefore: next, countsAttempt: true, error: String(code))
            count(notice.kind, "postponed")
        case .failed(.server):
            // Not this mail's fault; it ends when it helps nobody any more.
            try release(
                notice, token, notBefore: node.clock(), countsAttempt: false, error: "server")
        }
    }

    private func release(
        _ notice: NoticeStore.Record, _ token: [UInt8], notBefore: Timestamp, countsAttempt: Bool,
        error: String
    ) throws(DatabaseError) {
        _ = try node.database.transaction { transaction throws(DatabaseError) in
            try NoticeStore.release(
                notice.id, token: token, as: .ready, notBefore: notBefore,
                countsAttempt: countsAttempt, error: error, transaction)
        }
    }

    private func bury(
        _ notice: NoticeStore.Record, _ token: [UInt8], error: String
    ) throws(DatabaseError) {
        let now = node.clock()
        let isOurs = try node.database.transaction { transaction throws(DatabaseError) in
            let isOurs = try NoticeStore.release(
                notice.id, token: token, as: .dead, notBefore: now, countsAttempt: true,
                error: error, transaction)
            if isOurs { try node.reportUndeliverable(notice, at: now, transaction) }
            return isOurs
        }
        if isOurs { noteDead(notice, error) }
    }

    /// What is too late to help anybody dies without being tried.
    private func giveUpExpired() throws(DatabaseError) {
        while true {
            let now = node.clock()
            let expired = try node.database.transaction { transaction throws(DatabaseError) in
                let expired = try NoticeStore.expire(
                    countMax: Self.batchMax, at: now, transaction)
                for notice in expired where !notice.isVoid {
                    try node.reportUndeliverable(notice, at: now, transaction)
                }
                return expired
            }
            for notice in expired where !notice.isVoid { noteDead(notice, "expired") }
            guard expired.count == Self.batchMax else { return }
        }
    }

    private func noteDead(_ notice: NoticeStore.Record, _ error: String) {
        count(notice.kind, "dead")
        if notice.account != nil { node.noteEnqueued(.noticeUndeliverable) }
        node.log.warning("a notice could not be delivered", .reason(error))
    }

    private func count(_ kind: NoticeKind, _ outcome: String) {
        node.metrics.add(.notices, "kind=\"\(kind.rawValue)\",outcome=\"\(outcome)\"")
    }
}

extension Node {
    fileprivate func reportUndeliverable(
        _ notice: NoticeStore.Record, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let account = notice.account else { return }
        try enqueue(
            Event(
                .undeliverable, notice.kind, of: account, id: eventID(at: now),
                deployment: deployment, at: now),
            transaction)
    }

    /// Tells every address that an account gave up in the last day that a reset link went to the new
    /// one; once for each cause.
    func tellFormerAddresses(
        of account: AccountID, cause: String, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let former = try FormerAddressStore.all(
            of: account, changedAfter: now - formerAddressKept, transaction)
        guard !former.isEmpty, try NoticeStore.depth(ofCause: cause, transaction).isEmpty else {
            return
        }
        for record in former {
            guard let address = noticeSeals.open(record.sealed, context: account.bytes) else {
                continue
            }
            let notice: Notice
            do {
                notice = try self.notice(
                    .resetElsewhere, to: account, carrying: address, cause: cause, at: now)
            } catch {
                // Without the words to the old address the link must not go.
                throw .conflict
            }
            try post(notice, transaction)
        }
    }
}

/// How long an address that was given up hears of reset links.
let formerAddressKept = Duration.hours(24)
