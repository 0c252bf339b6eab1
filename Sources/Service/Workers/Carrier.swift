import Incidents
import Storage

/// How events get to one sink. Made, used and let go on the thread of one ``Courier``.
protocol Carrier: AnyObject {
    /// How many are taken at a time at most.
    var batchMax: Int { get }

    /// Hands over what it can, in order, in well under ``Courier/leaseTime``.
    func carry(_ deliveries: [IncidentQueue.Delivery]) -> Carried

    /// Called once a second while there is nothing to do.
    func idle()
}

/// How a batch went.
struct Carried: Sendable {
    /// One for each delivery, in their order.
    var outcomes: [Handover] = []
    /// Why the whole sink is left alone for a while; `nil` when it works.
    var restReason: String?
    /// How long the other side asked to be left alone.
    var retryAfter: Duration?
    /// Why nothing may be sent any more until an administrator says so.
    var pauseReason: String?

    /// Nothing was sent, and nobody else is to blame than us.
    static func nothing(of count: Int, _ reason: String) -> Carried {
        Carried(
            outcomes: [Handover](repeating: .untried, count: count), restReason: reason)
    }

    /// The first could not be handed over; the others were not tried.
    static func unreachable(of count: Int, _ reason: String) -> Carried {
        var carried = nothing(of: count, reason)
        if count > 0 { carried.outcomes[0] = .unreachable(reason) }
        return carried
    }
}
