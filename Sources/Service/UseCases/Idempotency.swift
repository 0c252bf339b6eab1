import Accounts
import HTTP
import Secrets
import Storage

/// One request under an `Idempotency-Key`, so that a client that lost the answer may ask again.
struct Idempotency: Sendable {
    let node: Node
    let name: IdempotencyStore.Name

    /// Answers are remembered for a day.
    static let lifetime = Duration.hours(24)
    /// A claim this old belongs to a request that died: longer than any request can take.
    private static let staleAfter = Duration.minutes(5)

    static let inProgress = Problem(
        .idempotencyInProgress, "Another request with this Idempotency-Key is under way.",
        retryAfterSeconds: 1)

    /// - Parameter caller: whoever presented the key: the digest of the credential's owner.
    /// - Returns: `nil` without the header.
    /// - Throws: 400 when the header is not 1 ... 255 visible characters.
    init?(
        _ node: Node, _ request: Request, caller: Digest, route: String
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
    }

    /// - Parameter parts: what the request asks for, without its secret fields.
    /// - Returns: the account that the first request was answered with, or `nil` to go on.
    /// - Throws: 409 while the first is under way, 422 when it asked for something else.
    func claim(_ parts: [String?]) throws(Problem) -> AccountID? {
        let now = name.claimedAt
        let fingerprint = fingerprint(parts)
        let claim = try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                try IdempotencyStore.claim(
                    name, fingerprint: fingerprint, expiredBefore: now - Self.lifetime,
                    staleBefore: now - Self.staleAfter, transaction)
            }
        }
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
    func abandon() {
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                try IdempotencyStore.abandon(name, transaction)
            }
        } catch {
            node.log.warning("an idempotency claim could not be freed")
        }
    }

    /// Keyed, because the parts hold an e-mail address that could be guessed from a plain digest.
    private func fingerprint(_ parts: [String?]) -> Digest {
        let key = KeyDerivation.hkdf(
            key: node.keys.current(.record).secret, info: Array("idempotency fingerprint".utf8),
            count: 32)
        let text = JSONValue.array(parts.map { $0.map(JSONValue.string) ?? .null }).bytes
        return Digest.hmac(key: key, text)
    }
}
