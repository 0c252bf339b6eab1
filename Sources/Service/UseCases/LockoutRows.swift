import Accounts
import Secrets
import Storage

// An identifier's failure budgets, as the database keeps them.
extension PasswordProof {
    func clientClass(
        _ account: AccountID?, at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> ClientClass {
        guard let account, let device = client.device,
            try DeviceStore.isKnown(device.digest, of: account, at: now, reading)
        else { return .stranger }
        return .device
    }

    func loadLockout(
        _ locators: [Digest], _ clientClass: ClientClass,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Lockout {
        // Today's key first; after a rotation the budget still stands under the key before.
        for locator in locators {
            guard
                let bytes = try ThrottleStore.load(
                    locator, client: clientClass.rawValue, reading)
            else { continue }
            // A damaged row taken for an empty one would hand out a fresh budget.
            guard let lockout = Lockout(encoded: bytes, node.schedule, clientClass) else {
                throw .unexpectedColumn(position: 0, wanted: .bytes)
            }
            return lockout
        }
        return Lockout(node.schedule, clientClass)
    }

    func saveLockout(
        _ lockout: Lockout, _ locators: [Digest], at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try ThrottleStore.save(
            locators[0], client: lockout.client.rawValue, state: lockout.encoded,
            diesAt: lockout.expiresAt ?? now, transaction)
    }
}
