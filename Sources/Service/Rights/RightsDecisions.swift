package import Accounts
import Storage

extension RightsBook {
    /// Decides a request. What a granted one does to the account is done in the same transaction, or
    /// written down for a person to do.
    package func decide(
        _ id: RightsRequestID, _ wish: DecisionWish
    ) throws(Failure) -> RightsRequest {
        try change(id, "decided", wish.reason) { request, now throws(RightsError) in
            try request.decide(wish.outcome, reason: wish.reason, at: now)
        }
    }
}
