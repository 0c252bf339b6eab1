package import Accounts

/// Changes to the service's keys: which one new values are made with, and which are gone.
extension KeyStore {
    /// When each key was made, by its id.
    package static func ages(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [String: Timestamp] {
        let rows = try reading.rows("SELECT id, created_at_us FROM service_key") {
            row throws(DatabaseError) in (try row.text(0), try row.timestamp(1))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Makes new values of a purpose be made with another key.
    ///
    /// - Throws: `.conflict` when there is no such key.
    package static func makeCurrent(
        id: String, purpose: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        // The old one first: an index allows one current key a purpose.
        try transaction.execute(
            "UPDATE service_key SET is_current = FALSE WHERE purpose = \(purpose) AND is_current")
        let changed = try transaction.execute(
            "UPDATE service_key SET is_current = TRUE WHERE id = \(id) AND purpose = \(purpose)")
        guard changed == 1 else { throw .conflict }
    }

    /// - Throws: `.conflict` when there is no such key, or it is current.
    package static func delete(
        id: String, purpose: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let deleted = try transaction.execute(
            "DELETE FROM service_key WHERE id = \(id) AND purpose = \(purpose) AND NOT is_current")
        guard deleted == 1 else { throw .conflict }
    }
}
