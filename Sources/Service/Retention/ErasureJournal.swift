package import Accounts
import Secrets
package import Storage

/// The journal of erasures, for whoever keeps it elsewhere, and for a store that was restored from a
/// backup made before them.
package struct ErasureJournal: Sendable {
    private let node: Node
    private let proofs: ErasureProofs

    private static let pageMax = 500

    package init(_ node: Node) {
        self.node = node
        proofs = ErasureProofs(node.keys)
    }

    /// Every erasure behind one, oldest first, with whether its proof is good.
    ///
    /// - Parameter id: the last one that somebody has; empty for all.
    package func records(
        after id: String = "", account: AccountID? = nil,
        _ show: (ErasureStore.Record, Bool) throws(StartError) -> Void
    ) throws(StartError) {
        var after = id
        while true {
            let page: [ErasureStore.Record]
            do throws(DatabaseError) {
                page = try node.database.read { reader throws(DatabaseError) in
                    try ErasureStore.page(
                        after: after, account: account, limit: Self.pageMax, reader)
                }
            } catch {
                throw StartError(error, path: "the database")
            }
            for record in page {
                let isGood: Bool
                do throws(SecretError) {
                    isGood = try proofs.isGood(record)
                } catch {
                    throw .refused("a proof could not be verified: \(error)")
                }
                try show(record, isGood)
            }
            guard page.count == Self.pageMax, let last = page.last else { return }
            after = last.erasure.id
        }
    }

    /// What a replayed erasure did.
    package enum Replayed: Equatable, Sendable {
        case erased
        /// There was nothing left of it.
        case absent
        /// Not signed by a key of this node: nothing was done.
        case badProof
    }

    /// Erases again what a restored store has back. Flags do not stop it: they were asked when it was
    /// first erased. An owner who came back since is in no journal, so the state decides here too.
    package func replay(
        _ record: ErasureStore.Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Replayed {
        do throws(SecretError) {
            guard try proofs.isGood(record) else { return .badProof }
        } catch {
            return .badProof
        }
        try ErasureStore.append(record, transaction)
        let erasure = record.erasure
        guard let id = erasure.account else { return .absent }
        guard let account = try AccountStore.find(id, transaction) else { return .absent }
        switch (erasure.thing, account.state) {
        case (.account, .closed):
            try RetentionStore.eraseRemains(of: id, transaction)
            try RetentionStore.markErased(account, at: erasure.erasedAt, transaction)
            return .erased
        case (.category(.identifierTombstone), .closed):
            return try RetentionStore.eraseTombstones(of: id, transaction) ? .erased : .absent
        case (.category(.consentProof), .closed(let time)):
            let rows = try RetentionStore.eraseConsents(of: id, closedAt: time, transaction)
            return rows > 0 ? .erased : .absent
        case (.category, _):
            guard let record = SealedRecordID(parsing: erasure.record) else { return .absent }
            return try SealedRecordStore.erase(record, transaction) ? .erased : .absent
        case (.account, _): return .absent
        }
    }
}

extension ErasureStore.Record {
    /// One line of the journal as it leaves the machine.
    package var json: JSONValue {
        [
            "id": .string(erasure.id), "account": erasure.account.map { .string($0.text) } ?? .null,
            "thing": .string(erasure.thing.name), "record": .string(erasure.record),
            "count": .integer(erasure.count),
            "erase_after": .string(erasure.eraseAfter.rfc3339(.microseconds)),
            "erased_at": .string(erasure.erasedAt.rfc3339(.microseconds)),
            "key": .string(keyID), "proof": .string(Hexadecimal.encode(proof)),
        ]
    }

    /// Reads what ``json`` writes, one object in UTF-8.
    ///
    /// - Returns: `nil` for anything else; whether the proof is good is not asked here.
    package init?(line: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONReader.read(line)
        } catch {
            return nil
        }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = value[name] else { return nil }
            return text
        }
        guard let id = text("id"), (1...64).contains(id.utf8.count),
            let thing = text("thing").flatMap(Erasure.Thing.init),
            let record = text("record"), record.utf8.count <= 64,
            case .integer(let count)? = value["count"], count >= 1,
            let eraseAfter = text("erase_after").flatMap({ Timestamp(rfc3339: $0) }),
            let erasedAt = text("erased_at").flatMap({ Timestamp(rfc3339: $0) }),
            let key = text("key"), key.utf8.count == 8,
            let proof = text("proof").flatMap({ Hexadecimal.decode($0.utf8) }),
            proof.count == Ed25519.signatureBytes
        else { return nil }
        var account: AccountID?
        if let accountText = text("account") {
            guard let found = AccountID(parsing: accountText) else { return nil }
            account = found
        } else {
            guard case .null? = value["account"] else { return nil }
        }
        self.init(
            erasure: Erasure(
                id: id, account: account, thing: thing, record: record, count: count,
                eraseAfter: eraseAfter, erasedAt: erasedAt),
            keyID: key, proof: proof)
    }
}

extension FlagStore.Record {
    package var json: JSONValue {
        [
            "id": .string(id), "flag": .string(flag.rawValue),
            "account": account.map { .string($0.text) } ?? .null,
            "category": category.map { .string($0.rawValue) } ?? .null,
            "reason": .string(reason), "placed_by": .string(placedBy),
            "placed_at": .string(placedAt.rfc3339()),
            "released_by": release.map { .string($0.by) } ?? .null,
            "released_at": release.map { .string($0.at.rfc3339()) } ?? .null,
            "release_reason": release.map { .string($0.reason) } ?? .null,
        ]
    }
}
