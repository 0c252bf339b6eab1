import Accounts
package import HTTP
import Incidents
package import Passwords
import Storage

/// The running service: everything it started, in the order in which it is stopped.
package final class Daemon: Sendable {
    private let node: Node
    private let lanes: HashingLanes
    private let desk: Desk
    private let detection: Worker
    private let housekeeping: Worker
    private let checkpoints: Worker
    private let deadlines: Worker
    private let audits: PasswordAuditing
    private let auditing: Worker
    private let retention: Worker
    private let couriers: [Courier]
    private let server: HTTPServer
    private let metrics: HTTPServer?

    /// The port of the service, the system's choice when 0 was asked for.
    package var port: UInt16 { server.port }
    package var metricsPort: UInt16? { metrics?.port }
    package var laneCount: Int { lanes.count }
    package var engine: Argon2Engine { node.hasher.current }
    /// Memory of all hashing threads together.
    package var arenaBytes: Int { lanes.arenaBytes }

    /// How long requests under way may take once the service is told to stop.
    private static let drainMax = Duration.seconds(10)
    /// Threads that wait for a database server: some of the connections there are, so that lanes and
    /// workers find one too.
    private static let remoteDesks = 4
    /// How often workers look.
    private static let workerPause = Duration.seconds(1)

    /// Starts everything. On a failure what was started is stopped again.
    ///
    /// - Parameter arenaCost: the largest cost that any stored hash has.
    package init(
        node: Node, lanes laneCount: Int, arenaCost: HashCost, tls: TLSIdentity?
    ) throws(StartError) {
        self.node = node
        let configuration = node.configuration
        desk = Desk(
            node.database, threads: node.database.answersAtOnce ? 1 : Self.remoteDesks)
        do {
            lanes = try HashingLanes(
                count: laneCount, cost: arenaCost, engine: node.hasher.current,
                waitMax: .seconds(configuration.hashing.waitMaxSeconds))
        } catch {
            desk.stop()
            throw .refused("the hashing lanes cannot start: \(error)")
        }
        let detection = Detection(node)
        let housekeeping = Housekeeping(node)
        let checkpoints = Checkpoints(node)
        do {
            try node.countDecoys()
        } catch {
            lanes.stop()
            desk.stop()
            throw .refused("stored hashes cannot be counted: \(error)")
        }
        self.detection = Worker(
            "detection", pause: Self.workerPause, round: detection.round, last: detection.stop)
        self.housekeeping = Worker(
            "housekeeping", pause: Self.workerPause, round: housekeeping.round)
        self.checkpoints = Worker(
            "checkpoints", pause: Self.workerPause, round: checkpoints.round)
        deadlines = Worker(
            "deadlines", pause: Self.workerPause, round: IncidentDeadlines(node).round)
        audits = PasswordAuditing(node)
        auditing = Worker("auditing", pause: Self.workerPause, round: audits.round)
        let retention = RetentionWork(node)
        self.retention = Worker(
            "retention", pause: Self.workerPause, round: retention.round, last: retention.stop)
        couriers = Courier.all(node)
        do throws(HTTPServerError) {
            let log = node.log
            if let address = configuration.metricsListen {
                metrics = try HTTPServer(
                    listen: ListenAddress(parsing: address),
                    limits: HTTPLimits(connectionsMax: 64, connectionsPerAddressMax: 64),
                    threads: 1, handler: MetricsListener(node: node, lanes: lanes),
                    log: { log.warning("metrics listener", .reason($0)) })
            } else {
                metrics = nil
            }
            server = try HTTPServer(
                listen: ListenAddress(parsing: configuration.listen), limits: configuration.limits,
                tls: tls, handler: Router(node: node, lanes: lanes, desk: desk),
                log: { log.warning("http", .reason($0)) })
        } catch {
            self.detection.stop()
            self.housekeeping.stop()
            self.checkpoints.stop()
            deadlines.stop()
            auditing.stop()
            self.retention.stop()
            for courier in couriers { courier.stop() }
            lanes.stop()
            desk.stop()
            throw StartError(error)
        }
    }

    /// Stops accepting, finishes what is under way, writes what waits, and closes the database.
    ///
    /// - Returns: `false` when something was still under way after ten seconds.
    @discardableResult
    package func stop() -> Bool {
        server.stopAccepting()
        // They take a moment to give up what is under way, and requests finish meanwhile.
        for courier in couriers { courier.beginStopping() }
        let isIdle = server.waitUntilIdle(atMost: Self.drainMax)
        if !isIdle { node.log.warning("stopping although requests are under way") }
        server.stop()
        metrics?.stop()
        lanes.stop()
        desk.stop()
        detection.stop()
        housekeeping.stop()
        checkpoints.stop()
        deadlines.stop()
        audits.stop()
        auditing.stop()
        retention.stop()
        for courier in couriers { courier.stop() }
        node.database.close()
        return isIdle
    }
}
