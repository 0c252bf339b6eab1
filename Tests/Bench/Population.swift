import Accounts
import Passwords
import Secrets
import Service
import Storage

/// Accounts whose password nobody knows, written without hashing anything: their hashes have the right
/// form and a random tag, and cost what any hash costs.
struct Population {
    enum Kind: String, CaseIterable {
        case unknown
        case wrong
        case closed
        case suspended

        func email(_ number: Int) -> String { "\(rawValue)-\(number)@example.com" }
    }

    /// Of each kind but the unknown.
    let count: Int

    func write(into node: Node) throws {
        for begin in stride(from: 0, to: count, by: 500) {
            let numbers = begin..<min(begin + 500, count)
            try node.database.transaction { transaction throws(DatabaseError) in
                for number in numbers {
                    for kind in Kind.allCases where kind != .unknown {
                        try write(kind, number, node, transaction)
                    }
                }
            }
        }
    }

    private func write(
        _ kind: Kind, _ number: Int, _ node: Node, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let (now, email) = (node.clock(), kind.email(number))
        let id = AccountID(bytes: SystemRandom.bytes(count: 16))
        let key = node.keys.current(.identifier)
        try AccountStore.insert(
            id, locator: Identifier.ofAttempt(email).locator(key: key.secret), keyID: key.id.text,
            profile: .init(email: email, displayName: nil), phc: hash(node), application: "bench",
            at: now, transaction)
        switch kind {
        case .closed:
            guard let account = try AccountStore.find(id, transaction) else { return }
            try AccountStore.close(
                account, at: now, tombstoneUntil: .latest, hasRecords: false, transaction)
        case .suspended:
            let state = AccountState.suspended
            try transaction.execute(
                "UPDATE account SET state = \(state.name), version = 2 WHERE id = \(id)")
        case .unknown, .wrong: break
        }
    }

    private func hash(_ node: Node) -> PHCString {
        let decoy = StoredHash.decoy(cost: node.cost, pepper: node.peppers.current).text
        let fields = decoy.split(separator: "$")
        let (salt, tag) = (SystemRandom.bytes(count: 16), SystemRandom.bytes(count: 32))
        let text =
            "$" + fields.dropLast(2).joined(separator: "$") + "$"
            + Base64.encode(salt, .standard) + "$" + Base64.encode(tag, .standard)
        guard let made = try? PHCString(text) else {
            preconditionFailure("a hash with another salt and tag is a hash")
        }
        return made
    }
}
