import Outbound
import Service

/// A URL that we take for a webhook, libcurl takes to the same host and port.
func webhookURL(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    do throws(EndpointError) {
        let endpoint = try HTTPSEndpoint(parsing: text)
        precondition(same(endpoint.text, text) && text.utf8.count <= HTTPSEndpoint.bytesMax)
        precondition(endpoint.place.port > 0 && !endpoint.place.host.isEmpty)
        precondition(endpoint.isReadAlikeByLibcurl, "libcurl goes elsewhere")
    } catch {
        precondition(!error.expected.isEmpty)
    }
}

/// A broker's URL is refused in words, or names a place, a user and a vhost that fit into AMQP.
func brokerURL(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    do throws(EndpointError) {
        let endpoint = try AMQPEndpoint(parsing: text)
        precondition(endpoint.isTLS || endpoint.place.isThisMachine, "a password in the clear")
        precondition((1...255).contains(endpoint.user.utf8.count))
        precondition(endpoint.vhost.utf8.count <= 255 && !endpoint.vhost.utf8.contains(0))
    } catch {
        precondition(!error.expected.isEmpty)
    }
}

/// A network holds its own address, and an address is in the network of itself alone.
func network(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    if let network = Network(parsing: text) {
        let base = text.split(separator: "/")[0]
        guard let address = NetworkAddress(parsing: String(base)) else {
            preconditionFailure("a network without an address")
        }
        precondition(network.contains(address))
        precondition(AddressRule(publicAnd: [network]).admits(address))
    }
    if let address = NetworkAddress(parsing: text) {
        guard let alone = Network(parsing: text) else {
            preconditionFailure("an address is no network")
        }
        precondition(alone.contains(address))
        precondition(AddressRule(publicAnd: []).admits(address) == address.isPublic)
    }
}

/// The body of a lease, an ack or an extend is refused with 400 that names a field, or is within its
/// limits.
func leaseRequest(_ bytes: [UInt8]) {
    do throws(Problem) {
        let wish = try LeaseWish(try Fields(body: bytes, allowed: LeaseWish.fields))
        precondition((1...1_000).contains(wish.countMax))
        precondition(wish.duration >= .seconds(1) && wish.duration <= .seconds(3_600))
    } catch {
        precondition(error.status == 400 && !error.detail.isEmpty)
    }
    do throws(Problem) {
        let wish = try SettlementWish(
            try Fields(body: bytes, allowed: SettlementWish.fieldsToExtend))
        precondition((1...1_000).contains(wish.tokens.count))
        for token in wish.tokens {
            guard let lease = LeaseToken(parsing: token) else { continue }
            precondition(same(lease.text, token), "two spellings of one lease")
        }
    } catch {
        precondition(error.status == 400 && !error.detail.isEmpty)
    }
}
