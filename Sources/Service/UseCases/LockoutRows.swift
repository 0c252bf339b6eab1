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
        try node.loadLockout(locators, clientClass, reading)
    }

    func saveLockout(
        _ lockout: Lockout, _ locators: [Digest], at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try node.saveLockout(lockout, locators, at: now, transaction)
    }
}

extension Node {
    /// The class of the row that says until when an identifier's throttle is tightened.
    private static let tightenedClass = "tightened"
    /// The class of the row with an identifier's links of the last hour.
    private static let linksClass = "links"

    func loadLockout(
        _ locators: [Digest], _ clientClass: ClientClass,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Lockout {
        let schedule = try isTightened(locators, reading) ? ThrottleSchedule.tightened : schedule
        guard let bytes = try throttleState(locators, clientClass.rawValue, reading) else {
            return Lockout(schedule, clientClass)
        }
        // A damaged row taken for an empty one would hand out a fresh budget.
        guard let lockout = Lockout(encoded: bytes, schedule, clientClass) else {
            throw .unexpectedColumn(position: 0, wanted: .bytes)
        }
        return lockout
    }

    func saveLockout(
        _ lockout: Lockout, _ locators: [Digest], at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try ThrottleStore.save(
            locators[0], client: lockout.client.rawValue, state: lockout.encoded,
            diesAt: lockout.expiresAt ?? now, transaction)
    }

    /// For a day from now on an identifier has the budgets of ``ThrottleSchedule/tightened``.
    func tighten(
        _ locators: [Digest], at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let until = now + ThrottleSchedule.tightenedFor
        let state = stride(from: 56, through: 0, by: -8).map { shift in
            UInt8(truncatingIfNeeded: until.microseconds >> Int64(shift))
        }
        for locator in locators {
            try ThrottleStore.save(
                locator, client: Self.tightenedClass, state: state, diesAt: until, transaction)
        }
    }

    private func isTightened(
        _ locators: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        guard let bytes = try throttleState(locators, Self.tightenedClass, reading) else {
            return false
        }
        guard bytes.count == 8 else { throw .unexpectedColumn(position: 0, wanted: .bytes) }
        let until = Timestamp(microseconds: bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) })
        return clock() < until
    }

    /// Counts a request for a link to an identifier, known or not.
    ///
    /// - Returns: whether one may go out.
    func spendLink(
        _ locators: [Digest], at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        var budget = LinkBudget()
        if let bytes = try throttleState(locators, Self.linksClass, transaction) {
            guard let stored = LinkBudget(encoded: bytes) else {
                throw .unexpectedColumn(position: 0, wanted: .bytes)
            }
            budget = stored
        }
        let isAllowed = budget.spend(at: now)
        try ThrottleStore.save(
            locators[0], client: Self.linksClass, state: budget.encoded,
            diesAt: budget.expiresAt ?? now, transaction)
        return isAllowed
    }

    /// Today's key first; after a rotation the row still stands under the key before.
    private func throttleState(
        _ locators: [Digest], _ client: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [UInt8]? {
        for locator in locators {
            if let bytes = try ThrottleStore.load(locator, client: client, reading) { return bytes }
        }
        return nil
    }
}
