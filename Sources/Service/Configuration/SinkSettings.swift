package import Incidents
package import Outbound

extension Configuration {
    /// Where events go beside the `pull` sink.
    package struct Sinks: Equatable, Sendable {
        package var webhook: HTTPSEndpoint?
        /// Networks that are not public and may be connected to all the same.
        package var webhookExceptions: [Network] = []
        /// The path of a PEM file; `nil` takes the system's authorities.
        package var webhookAuthorities: String?

        package var amqp: AMQPEndpoint?
        package var amqpQueue = "loquet.events"
        /// Instead of the queue.
        package var amqpExchange: String?
        /// The path of a file that only the service can read.
        package var amqpPasswordFile: String?
        package var amqpAuthorities: String?

        package init() {}

        /// Every sink there is, `pull` first.
        package var configured: [Sink] {
            [.pull] + (webhook == nil ? [] : [.webhook]) + (amqp == nil ? [] : [.amqp])
        }
    }
}

extension Setting {
    static let sinks: [Setting] = [
        // The path may hold the receiver's token.
        Setting(
            name: "sinks.webhook.url",
            kind: .optionalSecret(expected: "https://HOST[:PORT]/PATH, the host in lower case") {
                set($0, \.webhook, &$1) { text throws(EndpointError) in
                    try HTTPSEndpoint(parsing: text)
                }
            }),
        Setting(
            name: "sinks.webhook.allow_private",
            kind: .text(expected: "networks, as \"10.1.0.0/16, fd00::/8\", or nothing") {
                let parts = $0.split(separator: ",").map { $0.filter { $0 != " " } }
                $1.sinks.webhookExceptions = parts.compactMap(Network.init(parsing:))
                return $1.sinks.webhookExceptions.count == parts.count && parts.count <= 100
            }),
        Setting(
            name: "sinks.webhook.ca_file",
            kind: .optionalText(expected: "the path of a PEM file") {
                $1.sinks.webhookAuthorities = $0
                return $0 != ""
            }),
        Setting(
            name: "sinks.amqp.url",
            kind: .optionalSecret(
                expected: "amqps://[USER@]HOST[:PORT][/VHOST] without a password, "
                    + "or amqp:// on this machine"
            ) {
                set($0, \.amqp, &$1) { text throws(EndpointError) in
                    try AMQPEndpoint(parsing: text)
                }
            }),
        Setting(
            name: "sinks.amqp.queue",
            kind: .text(expected: "a name of 1 to 255 bytes") {
                $1.sinks.amqpQueue = $0
                return isBrokerName($0)
            }),
        Setting(
            name: "sinks.amqp.exchange",
            kind: .optionalText(expected: "a name of 1 to 255 bytes") {
                $1.sinks.amqpExchange = $0
                return $0.map(isBrokerName) ?? true
            }),
        Setting(
            name: "sinks.amqp.password_file",
            kind: .optionalText(expected: "the path of a file") {
                $1.sinks.amqpPasswordFile = $0
                return $0 != ""
            }),
        Setting(
            name: "sinks.amqp.ca_file",
            kind: .optionalText(expected: "the path of a PEM file") {
                $1.sinks.amqpAuthorities = $0
                return $0 != ""
            }),
    ]
}

private func set<Endpoint>(
    _ text: String?, _ field: WritableKeyPath<Configuration.Sinks, Endpoint?>,
    _ configuration: inout Configuration,
    _ parse: (String) throws(EndpointError) -> Endpoint
) -> Bool {
    do {
        configuration.sinks[keyPath: field] = try text.map { text throws(EndpointError) in
            try parse(text)
        }
        return true
    } catch {
        return false
    }
}

private func isBrokerName(_ name: String) -> Bool {
    (1...255).contains(name.utf8.count)
        && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
}
