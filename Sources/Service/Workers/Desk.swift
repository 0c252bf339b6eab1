package import Storage
import Threads

/// The threads that wait for the database, so that a lock held elsewhere or a server that is slow never
/// stops a network thread or a hashing lane.
///
/// **Who tells, and when.** The steps of requests that hash come in two halves: ``Work`` reads and writes
/// the database, and the ``Telling`` it returns answers the client or hands on to a lane. Where the
/// database joins transactions, a desk thread does all such work that waits as one group, commits it with
/// one wait for the disk, and only then tells. So nobody is told of what a crash could undo.
///
/// While the lanes have enough to hash, work waits for company, ``companyWaitMax`` at most: a commit takes
/// a processor away from a hash, and one for five does so once.
package final class Desk: Sendable {
    /// The database half of a step. Runs a second time, by itself, when its group was not kept.
    typealias Work = @Sendable () -> Telling
    typealias Telling = @Sendable () -> Void

    private enum Step: Sendable {
        /// - Parameter isEnding: whether any of it ends a request, so that somebody is told the end.
        case group([Work], isEnding: Bool)
        case alone(@Sendable () -> Void)
    }

    private struct State: Sendable {
        /// What ends requests that were hashed: first in its group, and never refused.
        var ending = Queue<Work>()
        var beginning = Queue<Work>()
        var alone = Queue<@Sendable () -> Void>()
        /// When to take up what waits; `nil` when nothing does.
        var due: ContinuousClock.Instant?
        var isAloneNext = false
        var isStopping = false

        var waiting: Int { beginning.count + alone.count }

        /// - Returns: whether that is sooner than a desk thread knows of.
        mutating func isDue(in delay: Duration) -> Bool {
            let time = ContinuousClock.now + delay
            if let due, due <= time { return false }
            due = time
            return true
        }

        /// Groups and what is done alone take turns; `nil` when nothing waits.
        mutating func take(groupMax: Int) -> Step? {
            defer { due = ending.count + waiting > 0 ? .now : nil }
            defer { isAloneNext.toggle() }
            if isAloneNext, let work = alone.popFirst() { return .alone(work) }
            var group: [Work] = []
            while group.count < groupMax, let work = ending.popFirst() { group.append(work) }
            let isEnding = !group.isEmpty
            while group.count < groupMax, let work = beginning.popFirst() { group.append(work) }
            if group.isEmpty { return alone.popFirst().map(Step.alone) }
            return .group(group, isEnding: isEnding)
        }
    }

    /// Pieces of work that may wait. A commit takes milliseconds: this is seconds of them.
    private static let waitingMax = 1_000

    /// Pieces of work in one group: some tens of milliseconds.
    private static let groupMax = 64

    /// Two of the shortest hashes: little beside the queue in front of busy lanes.
    private static let companyWaitMax = Duration.milliseconds(10)

    /// As a hashing lane's: a desk that came first at every commit would interrupt a hash each time, whose
    /// memory is then cold. It gets its share, for some milliseconds of waiting under load.
    private static let niceness: Int32 = 10

    private let joins: Bool
    private let state: Guarded<State>
    private let threads: [NamedThread]

    /// - Parameter count: threads, 1 or more: as many as the database serves at once.
    package init(_ database: any Database, threads count: Int) {
        let joins = database.joinsTransactions
        let state = Guarded(State())
        (self.joins, self.state) = (joins, state)
        threads = (0..<count).map { index in
            NamedThread("desk-\(index)", niceness: Self.niceness) {
                while let step = Desk.next(state, groupMax: joins ? Self.groupMax : 1) {
                    switch step {
                    case .alone(let work): work()
                    case .group(let group, let isEnding):
                        Desk.run(group, isEnding ? .atOnce : .withTheNext, on: database)
                    }
                }
            }
        }
    }

    /// Work that is done by itself and tells by itself.
    ///
    /// - Returns: `false` when too much waits already.
    func offer(_ work: @escaping @Sendable () -> Void) -> Bool {
        accept(waitsForCompany: false) { $0.alone.append(work) }
    }

    /// Begins with a request that hashes. What this writes is durable with what ends the request, before
    /// which nobody is told of it.
    ///
    /// - Parameter waits: whether the lanes have enough to hash meanwhile.
    /// - Returns: `false` when too much waits already.
    func begin(waitsForCompany waits: Bool, _ work: @escaping Work) -> Bool {
        accept(waitsForCompany: waits) { $0.beginning.append(work) }
    }

    /// Ends a request that was hashed. There are never more of them than turns were promised, and what
    /// was paid for is not thrown away.
    func end(waitsForCompany waits: Bool, _ work: @escaping Work) {
        append(waitsForCompany: waits) { $0.ending.append(work) }
    }

    /// Returns when everything that was accepted is done.
    package func stop() {
        state.change { $0.isStopping = true }
        for thread in threads { thread.join() }
    }

    private func accept(
        waitsForCompany waits: Bool, _ append: (inout State) -> Void
    ) -> Bool {
        self.append(waitsForCompany: waits) { state in
            guard state.waiting < Self.waitingMax, !state.isStopping else { return false }
            append(&state)
            return true
        }
    }

    private func append<Answer>(
        waitsForCompany waits: Bool, _ append: (inout State) -> Answer
    ) -> Answer {
        let delay = waits && joins ? Self.companyWaitMax : .zero
        let (answer, isSooner) = state.withLock { state in
            (append(&state), state.isDue(in: delay))
        }
        // A thread that sleeps until then anyway is left alone: waking it would interrupt a hash.
        if isSooner || !joins { state.change { _ in } }
        return answer
    }

    /// `nil` when everything is done and nothing more comes.
    private static func next(_ state: Guarded<State>, groupMax: Int) -> Step? {
        while true {
            let due: ContinuousClock.Instant? = state.wait { $0.isStopping ? .now : $0.due }
            let delay = due.map { max(.zero, $0 - .now) }
            let _: Bool? = state.wait(atMost: delay) { state in
                state.isStopping || state.due.map { $0 <= .now } ?? true ? true : nil
            }
            let (step, isOver) = state.withLock { ($0.take(groupMax: groupMax), $0.isStopping) }
            if let step { return step }
            if isOver { return nil }
        }
    }

    private static func run(
        _ group: [Work], _ durability: Durability, on database: any Database
    ) {
        if group.count > 1 {
            var tellings: [Telling] = []
            do throws(DatabaseError) {
                try database.together(durability) { tellings = group.map { $0() } }
                for tell in tellings { tell() }
                return
            } catch {
                // Nothing was kept and nobody told: each by itself gets its own answer.
            }
        }
        for work in group { work()() }
    }
}
