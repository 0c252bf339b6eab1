import Incidents

/// The workers that act on people's behalf while nobody waits: the one that works through sets of
/// accounts, and the one that sends mail, where mail is sent.
final class Post: Sendable {
    private let tasks: AccountTasks
    private let working: Worker
    private let mailer: Mailer?
    private let mailing: Worker?

    init(_ node: Node, pause: Duration) throws(DeliveryScheduleError) {
        let tasks = AccountTasks(node)
        let mailer = try node.notices.mail.map { route throws(DeliveryScheduleError) in
            try Mailer(node, route)
        }
        self.tasks = tasks
        self.mailer = mailer
        working = Worker("accounts", pause: pause, round: tasks.round, last: tasks.last)
        mailing = mailer.map { Worker("mail", pause: pause, round: $0.round) }
    }

    /// Returns when the batch and the mail under way are done.
    func stop() {
        tasks.stop()
        mailer?.stop()
        working.stop()
        mailing?.stop()
    }
}
