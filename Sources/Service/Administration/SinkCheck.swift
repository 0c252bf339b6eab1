import Glibc
import Outbound

/// What can be known of sinks before anything is started.
enum SinkCheck {
    /// - Throws: for an address that would always be refused, for an endpoint that libcurl reads another
    ///   way than we do, and for files that cannot be read.
    static func check(_ sinks: Configuration.Sinks) throws(StartError) {
        if let endpoint = sinks.webhook {
            let rule = AddressRule(publicAnd: sinks.webhookExceptions)
            if let address = endpoint.place.address, !rule.admits(address) {
                throw .configuration(
                    "sinks.webhook.url: its address is not public; if that is meant, name it in "
                        + "sinks.webhook.allow_private")
            }
            guard endpoint.isReadAlikeByLibcurl else {
                throw .configuration("sinks.webhook.url: libcurl takes another host from this URL")
            }
            try readable(sinks.webhookAuthorities, "sinks.webhook.ca_file")
        }
        if sinks.amqp != nil {
            try readable(sinks.amqpAuthorities, "sinks.amqp.ca_file")
            try readable(sinks.amqpPasswordFile, "sinks.amqp.password_file")
        }
    }

    private static func readable(_ path: String?, _ setting: String) throws(StartError) {
        guard let path, unsafe access(path, R_OK) != 0 else { return }
        throw .configuration("\(setting): cannot read \(path): \(systemReason())")
    }
}
