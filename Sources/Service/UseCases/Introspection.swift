import Accounts
import Secrets
import Storage

extension Node {
    /// The live session behind a token, and its use noted.
    func liveSession(_ token: Token) throws(Problem) -> SessionStore.Record? {
        guard token.kind == .session else { return nil }
        let now = clock()
        let session = try withProblems { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                try SessionStore.find(token.digest, reader)
            }
        }
        guard let session, now < session.expiresAt,
            lifetimes.isLive(startedAt: session.createdAt, lastSeen: session.usedAt, at: now)
        else { return nil }
        guard SessionLifetimes.shouldTouch(lastWritten: session.usedAt, at: now) else {
            return session
        }
        touches.note(session.digest, at: now)
        return session.used(at: now)
    }

    /// When a session ends if it is not used again: by its last use as it is written.
    func expiry(of session: SessionStore.Record) -> Timestamp {
        min(session.expiresAt, session.usedAt + lifetimes.idle)
    }

    func account(_ id: AccountID) throws(Problem) -> AccountStore.Record? {
        try withProblems { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                try AccountStore.find(id, reader)
            }
        }
    }

    /// - Returns: whether there was such a session.
    func endSession(_ digest: Digest) throws(Problem) -> Bool {
        try withProblems { () throws(DatabaseError) in
            try database.transaction { transaction throws(DatabaseError) in
                try SessionStore.delete(digest, transaction)
            }
        }
    }
}
