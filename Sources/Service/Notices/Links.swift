import Accounts
import Secrets
import Storage

/// A link that was just made: its token goes to one reader, its digest into the database.
struct MadeLink: Sendable {
    let record: LinkStore.Record
    /// As its owner gets it. Rendered once, into a mail or an answer.
    let token: String
}

extension Node {
    /// - Parameters:
    ///   - account: `nil` where the link makes the account, or is to open nothing.
    ///   - payload: what it acts with.
    func makeLink(
        _ kind: LinkKind, of account: AccountID?, carrying payload: [UInt8]?, at now: Timestamp
    ) throws(SecretError) -> MadeLink {
        let random = SystemRandom.secret(count: 32)
        let digest = Token(kind.token, of: random).digest
        var sealed: SealedBytes?
        if let payload { sealed = try noticeSeals.seal(payload, context: digest.bytes) }
        return MadeLink(
            record: LinkStore.Record(
                digest: digest, kind: kind, account: account, sealed: sealed, createdAt: now,
                expiresAt: now + kind.lifetime),
            token: Token.text(kind.token, of: random))
    }

    /// What a link acts with; `nil` when nothing, or not what this service wrote.
    func payload(of link: LinkStore.Record) -> [UInt8]? {
        link.sealed.flatMap { noticeSeals.open($0, context: link.digest.bytes) }
    }
}
