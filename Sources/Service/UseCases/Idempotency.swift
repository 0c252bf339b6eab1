import Accounts
import HTTP
import Secrets
import Storage

/// One request under an `Idempotency-Key`, so that a client that lost the answer may ask again.
struct Idempotency: Sendable {
    let node: Node
    let name: IdempotencyStore.Name
    private let fingerprint: Digest

    /// Answers are remembered for a day.
    static let lifetime = Duration.hours(24)
    /// A claim this old belongs to a request that died: longer than any request can take.
    private static let staleAfter = Duration.minutes(5)

    static let inProgress = Problem(
        .idempotencyInProgress, "Another request with this Idempotency-Key is under way.",
        retryAfterSeconds: 1)

    /// - Parameters:
    ///   - caller: whoever presented the key: the digest of the credential's owner.
    ///   - content: what the request asks for, without its secret fields.
    /// - Returns: `nil` without the header.
    /// - Throws: 400 when the header is not 1 ... 255 visible characters.
    init?(
        _ node: Node, _ request: Request, caller: Digest, route: String, content: [UInt8]
    ) throws(Problem) {
        guard let key = request.header("Idempotency-Key") else { return nil }
        let isVisible = key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isVisible, (1...255).contains(key.utf8.count) else {
            throw .invalid(
                field: "Idempotency-Key", expected: "1 to 255 visible ASCII characters")
        }
        self.node = node
        name = IdempotencyStore.Name(
            caller: caller, route: route, keyDigest: Digest.sha256(of: Array(key.utf8)),
            claimedAt: node.clock())
        // Keyed, because the content holds an e-mail address that a plain digest would let guess.
        let secret = KeyDerivation.hkdf(
            key: node.keys.current(.record).secret, info: Array("idempotency fingerprint".utf8),
            count: 32)
        fingerprint = Digest.hmac(key: secret, content)
    }

    /// The account that the first request was answered with, if it was. Only reads: whoever asks need
    /// not be somebody yet.
    ///
    /// - Throws: 409 while the first is under way, 422 when it asked for something else.
    func answered() throws(Problem) -> AccountID? {
        let known = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try IdempotencyStore.find(
                    name, fingerprint: fingerprint,
                    expiredBefore: name.claimedAt - Self.lifetime,
                    staleBefore: name.claimedAt - Self.staleAfter, reader)
            }
        }
        guard let known else { return nil }
        return try account(known)
    }

    /// Begins once for this key: claims it, begins, and frees it again when anything after that is
    /// refused. At the desk.
    ///
    /// - Parameters:
    ///   - again: builds the answer anew for the account that an earlier request was about.
    ///   - otherwise: runs when `begin` does not.
    ///   - begin: its last step notes the answer with `IdempotencyStore.finish` in its transaction.
    func once(
        again: (AccountID) throws(Problem) -> Response, otherwise: () -> Void = {},
        begin: () throws(Problem) -> HashingWork.Begun
    ) throws(Problem) -> HashingWork.Begun {
        let known: AccountID?
        do {
            known = try claim()
        } catch {
            otherwise()
            throw error
        }
        if let known {
            otherwise()
            return .answered(try again(known))
        }
        switch try freeing(begin) {
        case .answered(let response): return .answered(response)
        case .hash(let hash):
            return .hash { arena in
                let finish = hash(&arena)
                return { () throws(Problem) in try freeing(finish) }
            }
        }
    }

    private func freeing<Value>(
        _ body: () throws(Problem) -> Value
    ) throws(Problem) -> Value {
        do {
            return try body()
        } catch {
            abandon()
            throw error
        }
    }

    /// Claims the key for this request, unless another was quicker.
    ///
    /// - Returns, throws: as ``answered()``; `nil` to go on.
    private func claim() throws(Problem) -> AccountID? {
        let claim = try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                try IdempotencyStore.claim(
                    name, fingerprint: fingerprint,
                    expiredBefore: name.claimedAt - Self.lifetime,
                    staleBefore: name.claimedAt - Self.staleAfter, transaction)
            }
        }
        return try account(claim)
    }

    private func account(_ claim: IdempotencyStore.Claim) throws(Problem) -> AccountID? {
        switch claim {
        case .fresh: return nil
        case .done(_, let account): return account
        case .inProgress: throw Self.inProgress
        case .reused:
            throw Problem(
                .idempotencyKeyReused, "This Idempotency-Key was used for another request.")
        }
    }

    /// Frees the key after a refusal. When even that fails, the claim goes stale by itself.
    private func abandon() {
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                try IdempotencyStore.abandon(name, transaction)
            }
        } catch {
            node.log.warning("an idempotency claim could not be freed")
        }
    }
}
