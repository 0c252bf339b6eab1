import Incidents
import Outbound
import Secrets
import Storage

/// Posts events to the webhook, one after the other.
final class WebhookCarrier: Carrier {
    private let node: Node
    private let endpoint: HTTPSEndpoint
    private let isCancelled: @Sendable () -> Bool
    /// Keeps its connection; `nil` until the first post.
    private var client: WebhookClient?
    private var keys: WebhookKeys?
    private var keysReadAt = ContinuousClock.now

    /// Seconds of a slow receiver's time, and one commit for all that went well.
    let batchMax = 50

    /// For one post, from the look-up of the name to the end of the answer.
    private static let timeout = Duration.seconds(15)
    /// No post begins later than this after the first: with its timeout the lease still holds.
    private static let batchTime = Duration.seconds(30)
    /// How soon another node's change of keys is noticed.
    private static let keysKept = Duration.seconds(60)

    init(
        _ node: Node, _ endpoint: HTTPSEndpoint, _ isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.node = node
        self.endpoint = endpoint
        self.isCancelled = isCancelled
    }

    func idle() {}

    func carry(_ deliveries: [IncidentQueue.Delivery]) -> Carried {
        let keys: WebhookKeys
        let client: WebhookClient
        do throws(CarrierError) {
            keys = try currentKeys()
            if let kept = self.client { client = kept } else { client = try makeClient() }
        } catch {
            return .nothing(of: deliveries.count, error.text)
        }
        self.client = client
        let end = ContinuousClock.now + Self.batchTime
        var carried = Carried()
        for delivery in deliveries {
            guard !isCancelled(), ContinuousClock.now < end else { break }
            guard post(delivery, client, keys, &carried) else { break }
        }
        let left = deliveries.count - carried.outcomes.count
        carried.outcomes += [Handover](repeating: .untried, count: left)
        return carried
    }

    /// - Returns: whether to go on with the next one.
    private func post(
        _ delivery: IncidentQueue.Delivery, _ client: WebhookClient, _ keys: WebhookKeys,
        _ carried: inout Carried
    ) -> Bool {
        do {
            let headers = try keys.headers(
                id: delivery.eventID, at: node.clock(), body: delivery.body)
            let answer = try client.post(
                delivery.body,
                headers: headers + ["Content-Type: application/cloudevents+json; charset=utf-8"])
            return take(answer, &carried)
        } catch let error as TransferError {
            guard error != .cancelled else { return false }
            carried.outcomes.append(.unreachable(error.text))
            carried.restReason = error.text
        } catch {
            carried.restReason = "the request cannot be signed: \(error)"
        }
        return false
    }

    private func take(_ answer: WebhookClient.Answer, _ carried: inout Carried) -> Bool {
        let words = "the endpoint answered \(answer.status)"
        switch answer.status {
        case 200...299:
            carried.outcomes.append(.delivered)
            return true
        case 410:
            // Not a failure of this event, which waits with the others until somebody resumes.
            carried.pauseReason = words + " Gone"
            return false
        case 408, 425, 429, 500...599, 300...399:
            // Redirects are not followed: whoever can answer one could send events anywhere.
            carried.outcomes.append(.unreachable(words))
            carried.restReason = words
            if answer.retryAfterSeconds > 0 {
                carried.retryAfter = min(
                    .seconds(answer.retryAfterSeconds), SinkRest.retryAfterMax)
            }
            return false
        default:
            carried.outcomes.append(.refused(words))
            return true
        }
    }

    private func makeClient() throws(CarrierError) -> WebhookClient {
        let sinks = node.configuration.sinks
        do {
            return try WebhookClient(
                endpoint, rule: AddressRule(publicAnd: sinks.webhookExceptions),
                timeout: Self.timeout, authorities: sinks.webhookAuthorities,
                isCancelled: isCancelled)
        } catch {
            throw CarrierError(text: error.text)
        }
    }

    private func currentKeys() throws(CarrierError) -> WebhookKeys {
        let now = ContinuousClock.now
        if let keys, now - keysReadAt < Self.keysKept { return keys }
        do {
            let records = try node.database.read { reader throws(DatabaseError) in
                try KeyStore.all(reader)
            }
            let read = try WebhookKeys(
                KeyDirectory(dataDirectory: node.configuration.data), records: records)
            guard !read.isEmpty else { throw CarrierError(text: "there is no webhook-signing key") }
            keys = read
            keysReadAt = now
            return read
        } catch let error as KeyError {
            throw CarrierError(text: error.text)
        } catch let error as CarrierError {
            throw error
        } catch {
            throw CarrierError(text: String(describing: error))
        }
    }
}

/// Why nothing can be sent from here.
struct CarrierError: Error, Sendable {
    let text: String
}
