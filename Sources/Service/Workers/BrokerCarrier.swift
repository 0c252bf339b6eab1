import Glibc
import Incidents
import Outbound
import Secrets
import Storage

/// Publishes events to RabbitMQ, over one connection that is kept.
final class BrokerCarrier: Carrier {
    private let node: Node
    private let endpoint: AMQPEndpoint
    private let isCancelled: @Sendable () -> Bool
    private var connection: RabbitConnection?

    let batchMax = RabbitConnection.outstandingMax

    /// For the broker's word on a whole batch.
    private static let confirmMax = Duration.seconds(20)
    /// Where Debian keeps the authorities that it trusts.
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"
    private static let passwordBytesMax = 1_024

    init(
        _ node: Node, _ endpoint: AMQPEndpoint, _ isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.node = node
        self.endpoint = endpoint
        self.isCancelled = isCancelled
    }

    func idle() {
        connection?.pump()
        if let failure = connection?.failure {
            connection = nil
            node.log.warning("the broker's connection is gone", .reason(failure.text))
        }
    }

    func carry(_ deliveries: [IncidentQueue.Delivery]) -> Carried {
        let connection: RabbitConnection
        do throws(CarrierError) {
            if let open = self.connection { connection = open } else { connection = try connect() }
        } catch {
            return .unreachable(of: deliveries.count, error.text)
        }
        self.connection = connection
        let confirmations = connection.publish(
            deliveries.map { BrokerMessage(id: $0.eventID, type: $0.type, body: $0.body) },
            within: Self.confirmMax, isCancelled: isCancelled)
        var carried = Carried()
        carried.outcomes = confirmations.map { confirmation in
            switch confirmation {
            case .confirmed: .delivered
            case .refused(let reason): .refused(reason)
            // It may be there already. It is sent again, with the same id.
            case .unknown: .unreachable(connection.failure?.text ?? "not confirmed")
            }
        }
        if let failure = connection.failure {
            self.connection = nil
            carried.restReason = failure.text
        } else if !confirmations.contains(.confirmed) {
            // Nothing gets through: the queue is gone, or full.
            for case .refused(let reason) in confirmations { carried.restReason = reason }
            self.connection = nil
        }
        return carried
    }

    private func connect() throws(CarrierError) -> RabbitConnection {
        let sinks = node.configuration.sinks
        var password = try password(sinks.amqpPasswordFile)
        defer { wipe(&password) }
        do {
            return try RabbitConnection(
                endpoint,
                target: sinks.amqpExchange.map(BrokerTarget.exchange) ?? .queue(sinks.amqpQueue),
                password: password, authorities: sinks.amqpAuthorities ?? Self.systemAuthorities)
        } catch {
            throw CarrierError(text: error.text)
        }
    }

    /// One line of a file that only we can read; RabbitMQ's `guest` without one, who may log in on the
    /// broker's own machine only.
    private func password(_ path: String?) throws(CarrierError) -> [UInt8] {
        guard let path else { return Array("guest".utf8) }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw CarrierError(text: "cannot read \(path): \(systemReason())")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw CarrierError(text: "\(path): expected a file that only its owner can read (0600)")
        }
        var bytes: [UInt8]
        do {
            bytes = try readBoundedFile(path, bytesMax: Self.passwordBytesMax)
        } catch {
            throw CarrierError(text: "cannot read \(path): \(error.reason)")
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        guard !bytes.isEmpty, !bytes.contains(0), !bytes.contains(0x0A) else {
            throw CarrierError(text: "\(path): expected one line")
        }
        return bytes
    }
}
