import Accounts
import Service

/// Bodies about requests and disclosures are refused with the field that is wrong, or are something that
/// the register can hold.
func rightsBody(_ bytes: [UInt8]) {
    let now = Timestamp(seconds: 1_800_000_000)
    let account = AccountID(bytes: [UInt8](repeating: 1, count: 16))
    attempt { () throws(Problem) in
        let wish = try RequestWish(
            byHand: Fields(body: bytes, allowed: RequestWish.fieldsByHand), at: now)
        precondition(wish.isByHand && (wish.account != nil || wish.contact != nil))
        precondition(wish.receivedAt ?? now <= now)
    }
    attempt { () throws(Problem) in
        let wish = try RequestWish(
            Fields(body: bytes, allowed: RequestWish.fields), by: account, channel: .application)
        precondition(wish.identity == .unchecked && !wish.isByHand)
    }
    attempt { () throws(Problem) in
        _ = try DecisionWish(Fields(body: bytes, allowed: DecisionWish.fields))
    }
    attempt { () throws(Problem) in
        let wish = try DisclosureWish(
            Fields(body: bytes, allowed: DisclosureWish.fields), at: now)
        precondition((1...DisclosureLog.peopleMax).contains(wish.people.count))
        precondition(Set(wish.people).count == wish.people.count)
    }
    attempt { () throws(Problem) in
        _ = try NoticeWish(Fields(body: bytes, allowed: NoticeWish.fields))
    }
}

private func attempt(_ body: () throws(Problem) -> Void) {
    do throws(Problem) {
        try body()
    } catch {
        precondition(error.status == 400 && !error.detail.isEmpty)
    }
}
