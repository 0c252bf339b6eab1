import HTTP
import Passwords

/// A request that hashes, in three steps that each run where they may take their time: `begin` at the
/// desk, because it commits; what it returns on a lane, which does nothing but hash; and what that
/// returns at the desk again. A lane that waited for a disk would be a lane that hashes nothing.
struct HashingWork: Sendable {
    /// How many hashes it will compute, 1 or more, for the estimate of others' waiting.
    let hashes: Int
    let client: HashingLanes.Client
    /// Runs instead of everything else when no turn would come in time; gives back what admission took.
    let refused: @Sendable () -> Void
    let begin: @Sendable () throws(Problem) -> Begun

    /// What a request that was begun needs next.
    enum Begun: Sendable {
        /// Nothing: an earlier request was the same one.
        case answered(Response)
        case hash(Hash)
    }

    /// Touches no database. What goes wrong is `Finish`'s to say, because undoing commits too.
    typealias Hash = @Sendable (inout Argon2Arena) -> Finish
    typealias Finish = @Sendable () throws(Problem) -> Response

    init(
        hashes: Int, client: HashingLanes.Client, refused: @escaping @Sendable () -> Void = {},
        begin: @escaping @Sendable () throws(Problem) -> Begun
    ) {
        self.hashes = hashes
        self.client = client
        self.refused = refused
        self.begin = begin
    }
}
