package import Accounts
package import Secrets

/// What the database knows of the service's keys: enough to notice a wrong one, never a key.
package enum KeyStore {
    package struct Record: Equatable, Sendable {
        package let id: String
        package let purpose: String
        package let checkValue: Digest
        /// New values of this purpose are made with this key.
        package let isCurrent: Bool

        package init(id: String, purpose: String, checkValue: Digest, isCurrent: Bool) {
            self.id = id
            self.purpose = purpose
            self.checkValue = checkValue
            self.isCurrent = isCurrent
        }
    }

    package static func all(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            "SELECT id, purpose, check_value, is_current FROM service_key ORDER BY created_at_us, id"
        ) { row throws(DatabaseError) in
            Record(
                id: try row.text(0), purpose: try row.text(1), checkValue: try row.digest(2),
                isCurrent: try row.bool(3))
        }
    }

    package static func insert(
        _ record: Record, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO service_key (id, purpose, check_value, is_current, created_at_us)
            VALUES (\(record.id), \(record.purpose), \(record.checkValue), \(record.isCurrent), \(now))
            """)
    }
}

/// The certificate that closed accounts' data is sealed to.
package enum ArchiveCertificateStore {
    package struct Record: Equatable, Sendable {
        package let pem: String
        /// When somebody showed that they hold the private key; `nil` until then.
        package let possessionProvenAt: Timestamp?
    }

    package static func insert(
        _ certificate: ArchiveCertificate, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO archive_certificate (fingerprint, pem, created_at_us)
            VALUES (\(certificate.fingerprint), \(certificate.pem), \(now))
            """)
    }

    /// The newest one.
    package static func current(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT pem, possession_proven_at_us FROM archive_certificate
            ORDER BY created_at_us DESC LIMIT 1
            """
        ) { row throws(DatabaseError) in
            Record(pem: try row.text(0), possessionProvenAt: try row.timestampIfPresent(1))
        }
    }
}
