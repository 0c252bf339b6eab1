package import Accounts
import Incidents
import Secrets
package import Storage

/// What is done with people's requests about their data, over HTTP and from the command line alike: each
/// step one transaction with its line in the request's history and its audit row.
package struct RightsBook: Sendable {
    let node: Node
    let actor: String

    /// Open requests of one person. Beyond it nothing more is taken from applications and sessions, so
    /// that nobody fills the register; a letter always is.
    package static let openMax = 20
    package static let pageRange = 1...200
    package static let pageDefault = 50

    /// - Parameter actor: an account's, application's or administrator's id, or `cli:<uid>`.
    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    package enum Failure: Error, Equatable, Sendable {
        case unknownAccount
        case notFound
        case refused(RightsError)
        case tooMany
        /// Somebody else worked on it at the same time.
        case conflict
        case database(DatabaseError)
    }

    /// One request with its history.
    package struct File: Equatable, Sendable {
        package let request: RightsRequest
        package let steps: [RightsStore.Step]
    }

    /// Takes a request down. The same one again, while it is open, is the same request.
    ///
    /// - Returns: the request, and whether it is new.
    package func take(_ wish: RequestWish) throws(Failure) -> (request: RightsRequest, isNew: Bool)
    {
        let now = node.clock()
        return try writing { transaction throws(DatabaseError) in
            if let account = wish.account {
                // A closed account's owner has rights too, by letter.
                let isThere =
                    wish.isByHand
                    ? try AccountStore.find(account, transaction) != nil
                    : try isLive(account, transaction)
                guard isThere else { return .failure(.unknownAccount) }
                if !wish.isByHand {
                    let open = try RightsStore.all(of: account, transaction).map(\.request)
                        .filter { $0.decision == nil }
                    if let same = open.first(where: wish.isSame) { return .success((same, false)) }
                    guard open.count < Self.openMax else { return .failure(.tooMany) }
                }
            }
            let request = RightsRequest(
                id: RightsRequestID(bytes: orderedBytes(at: now)), account: wish.account,
                right: wish.right, channel: wish.channel, recordedAt: now, contact: wish.contact,
                detail: wish.detail, identity: wish.identity,
                clock: RightsClock(receivedAt: wish.receivedAt ?? now))
            try RightsStore.insert(request, transaction)
            try RightsStore.append(
                "received", wish.channel.rawValue, to: request.id, by: actor, at: now, transaction)
            try node.audit(
                action: "request.received", of: request.id.text, by: actor, at: now, transaction)
            return .success((request, true))
        }
    }

    package func list(
        after last: RightsRequestID?, isOpen: Bool?, limit: Int
    ) throws(Failure) -> [RightsRequest] {
        try writing { transaction throws(DatabaseError) in
            try node.audit(
                action: "request.listed", of: "requests", by: actor, at: node.clock(), transaction)
            return .success(
                try RightsStore.page(
                    after: last, isOpen: isOpen, countMax: limit, transaction
                ).map(\.request))
        }
    }

    /// A person's own requests.
    package func requests(of account: AccountID) throws(Failure) -> [RightsRequest] {
        try writing { transaction throws(DatabaseError) in
            guard try isLive(account, transaction) else { return .failure(.unknownAccount) }
            return .success(try RightsStore.all(of: account, transaction).map(\.request))
        }
    }

    package func file(_ id: RightsRequestID) throws(Failure) -> File {
        try writing { transaction throws(DatabaseError) in
            guard let record = try RightsStore.find(id, transaction) else {
                return .failure(.notFound)
            }
            try node.audit(
                action: "request.read", of: id.text, by: actor, at: node.clock(), transaction)
            return .success(
                File(request: record.request, steps: try RightsStore.steps(of: id, transaction)))
        }
    }

    /// The clock stands until it is known who asks.
    package func doubt(_ id: RightsRequestID, because reason: Remark) throws(Failure)
        -> RightsRequest
    {
        try change(id, "doubted", reason) { request, now throws(RightsError) in
            try request.doubt(at: now)
        }
    }

    /// - Parameter how: what showed it: a session, an answer from the known mailbox. Never a copy.
    package func verify(_ id: RightsRequestID, how: Remark) throws(Failure) -> RightsRequest {
        try change(id, "verified", how) { request, now throws(RightsError) in
            try request.verify(at: now)
        }
    }

    /// Two more months, announced to the person with these reasons.
    package func extend(_ id: RightsRequestID, because reason: Remark) throws(Failure)
        -> RightsRequest
    {
        try change(id, "extended", reason) { request, now throws(RightsError) in
            try request.extend(at: now)
        }
    }

    /// Runs one step on a request as it stands.
    func change(
        _ id: RightsRequestID, _ step: String, _ text: Remark?,
        then act: (RightsRequest, Timestamp, borrowing Transaction) throws(DatabaseError) -> Void =
            {
                _, _, _ in
            },
        _ body: (inout RightsRequest, Timestamp) throws(RightsError) -> Void
    ) throws(Failure) -> RightsRequest {
        let now = node.clock()
        return try writing { transaction throws(DatabaseError) in
            guard let record = try RightsStore.find(id, transaction) else {
                return .failure(.notFound)
            }
            var request = record.request
            do throws(RightsError) {
                try body(&request, now)
            } catch {
                return .failure(.refused(error))
            }
            try RightsStore.update(request, over: record.version, transaction)
            try RightsStore.append(
                step, text?.text ?? "", to: id, by: actor, at: now, transaction)
            // Without the reason: it may speak of the person, and the audit log outlives the file.
            try node.audit(
                action: "request.\(step)", of: id.text, by: actor, at: now, transaction)
            try act(request, now, transaction)
            return .success(request)
        }
    }

    func writing<Answer>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result<Answer, Failure>
    ) throws(Failure) -> Answer {
        let result: Result<Answer, Failure>
        do {
            result = try node.database.transaction(body)
        } catch .conflict {
            throw .conflict
        } catch {
            throw .database(error)
        }
        return try result.get()
    }
}

/// Bytes for an id that sorts by time: registers are read in the order of ids.
func orderedBytes(at now: Timestamp) -> [UInt8] {
    let milliseconds = UInt64(max(0, now.milliseconds))
    return (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - 8 * $0)) }
        + SystemRandom.bytes(count: 10)
}

extension RightsBook.Failure {
    /// One sentence for a person.
    package var text: String {
        switch self {
        case .unknownAccount: "There is no such account."
        case .notFound: "There is no such request."
        case .tooMany: "\(RightsBook.openMax) requests of this account are open already."
        case .conflict: "Somebody else worked on it at the same time; look again."
        case .database(let error): "The database: \(error)"
        case .refused(let error): error.words
        }
    }
}

extension RightsError {
    fileprivate var words: String {
        switch self {
        case .decided: "The request was decided."
        case .suspended: "The clock stands already."
        case .overdue: "The time to answer is over; a doubt stops it no more."
        case .extended: "The time was extended already."
        case .firstMonthOver: "The first month is over; an extension had to be announced in it."
        case .verified: "Who asks was verified already."
        case .notVerified: "Who asks must be verified first."
        case .reasonRequired: "Say why: a refusal gives its reasons."
        case .noAccount: "The request names no account."
        case .notExportable: "Only access and portability are answered with the data."
        }
    }
}
