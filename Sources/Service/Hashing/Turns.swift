package import Accounts

/// Who gets the next turn on a lane, and who is refused because none would come in time.
///
/// Two lines wait: *owners*, who showed a valid device token or session of their account, and
/// *strangers*. While both wait, every second turn is an owner's, so that a flood of strangers makes
/// an owner wait for one more hash and not for the flood. An account has one place in the owners'
/// line at a time; what it asks for beyond that waits with the strangers, so that one stolen device
/// token does not fill the line.
///
/// The lines are bounded in time and not in length. What is admitted waits at most `waitMax` by the
/// present length of the lines, and at most twice that when owners come later and are served between.
package struct Turns<Item: Sendable>: Sendable {
    /// Who asks, as far as was shown before anything was paid for it.
    package enum Client: Hashable, Sendable {
        case owner(AccountID)
        case stranger
    }

    /// A turn that was promised. It counts as waiting until it is left.
    package struct Seat: Sendable {
        fileprivate let hashes: Int
        /// Whose place in the owners' line it is; `nil` in the strangers'.
        fileprivate let owner: AccountID?
    }

    package enum Admission: Sendable {
        case seated(Seat)
        /// - Parameter after: when a turn would come in time; at least a second.
        case refused(retryAfterSeconds: Int)
    }

    private struct Line: Sendable {
        var items = Queue<Item>()
        /// Hashes promised and not yet done, those under way included.
        var hashes = 0
    }

    /// Time of one hash, smoothed.
    package private(set) var hashTime: Duration
    private let lanes: Int
    private let waitMax: Duration
    private var owners = Line()
    private var strangers = Line()
    private var seatedOwners: Set<AccountID> = []
    private var isOwnersTurn = true

    /// - Parameter lanes: threads that take turns, 1 or more.
    package init(lanes: Int, waitMax: Duration, hashTime: Duration) {
        precondition(lanes >= 1)
        self.lanes = lanes
        self.waitMax = waitMax
        self.hashTime = hashTime
    }

    /// Hashes promised and not yet done.
    package var pending: Int { owners.hashes + strangers.hashes }

    /// Pieces of work that wait in the lines.
    package var waiting: Int { owners.items.count + strangers.items.count }

    /// Promises a turn, unless it would not come in time.
    package mutating func admit(_ client: Client, hashes: Int) -> Admission {
        var owner: AccountID?
        if case .owner(let account) = client, !seatedOwners.contains(account) { owner = account }
        let (own, other) = owner == nil ? (strangers, owners) : (owners, strangers)
        // Those in the same line, and of the other line one for each of them and of ours.
        let ahead = own.hashes + min(other.hashes, own.hashes + hashes)
        let wait = hashTime * ((ahead + lanes - 1) / lanes)
        guard wait <= waitMax else {
            let excess = (wait - waitMax).components.seconds
            return .refused(retryAfterSeconds: max(1, Int(excess) + 1))
        }
        if let owner {
            seatedOwners.insert(owner)
            owners.hashes += hashes
        } else {
            strangers.hashes += hashes
        }
        return .seated(Seat(hashes: hashes, owner: owner))
    }

    /// Puts the work of a seat into its line.
    package mutating func append(_ item: Item, _ seat: Seat) {
        if seat.owner == nil { strangers.items.append(item) } else { owners.items.append(item) }
    }

    /// The work whose turn it is; `nil` when none waits.
    package mutating func popFirst() -> Item? {
        guard owners.items.count > 0, strangers.items.count > 0 else {
            return owners.items.popFirst() ?? strangers.items.popFirst()
        }
        defer { isOwnersTurn.toggle() }
        return isOwnersTurn ? owners.items.popFirst() : strangers.items.popFirst()
    }

    /// Gives a seat up, its work done or not.
    package mutating func leave(_ seat: Seat) {
        if let owner = seat.owner {
            seatedOwners.remove(owner)
            owners.hashes -= seat.hashes
        } else {
            strangers.hashes -= seat.hashes
        }
    }

    /// Learns from the work of a seat how long a hash takes: an eighth of the news at a time, so that
    /// one that was held up does not refuse a crowd.
    package mutating func note(_ elapsed: Duration, _ seat: Seat) {
        hashTime = (hashTime * 7 + elapsed / seat.hashes) / 8
    }
}
