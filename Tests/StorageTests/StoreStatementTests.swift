import Accounts
import Incidents
import Passwords
import Secrets
import Storage
import Testing
import Threads

/// Every statement of the stores, against both databases.
@Suite struct `The stores` {
    private let now = Timestamp(seconds: 1_700_000_000)
    private let account = AccountID(bytes: Array(repeating: 7, count: 16))
    private let phc =
        "$argon2id$v=19$m=65536,t=3,p=1$AAECAwQFBgcICQoLDA0ODw"
        + "$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    @Test(arguments: TestDatabase.all)
    func `keep accounts from registration to closure`(_ test: TestDatabase) throws {
        try withSchema(test) { database throws in
            try register(in: database)
            #expect(throws: DatabaseError.uniqueViolation) { try register(in: database) }
            let found = try transact(database) { transaction throws(DatabaseError) in
                #expect(try AccountStore.isTaken(locators: [digest(9), digest(1)], transaction))
                #expect(try !AccountStore.isTaken(locators: [digest(9)], transaction))
                #expect(try AccountStore.memoryKiBMax(transaction) == 65_536)
                return try AccountStore.findOrStandIn([digest(9), digest(1)], transaction)
            }
            let record = try #require(found)
            #expect(record.profile == .init(email: "a@example.com", displayName: nil))
            #expect(record.password?.phc == phc && record.password?.version == 1)
            #expect(record.password?.mustChange == false)
            let hash = try PHCString(phc)
            try transact(database) { transaction throws(DatabaseError) in
                try AccountStore.rehash(account, phc: hash, over: phc, transaction)
                try AccountStore.setPassword(
                    of: account, phc: hash, mustChange: true, over: 1, at: now, transaction)
            }
            #expect(throws: DatabaseError.conflict) {
                try transact(database) { transaction throws(DatabaseError) in
                    try AccountStore.setPassword(
                        of: account, phc: hash, mustChange: true, over: 1, at: now, transaction)
                }
            }
            try transact(database) { transaction throws(DatabaseError) in
                try AccountStore.close(
                    record, at: now, tombstoneUntil: .latest, hasRecords: false, transaction)
            }
            let closed = try transact(database) { transaction throws(DatabaseError) in
                #expect(try AccountStore.findOrStandIn([digest(1)], transaction) == nil)
                #expect(try AccountStore.isTaken(locators: [digest(1)], transaction))
                #expect(try AccountStore.memoryKiBMax(transaction) == 0)
                return try AccountStore.find(account, transaction)
            }
            #expect(closed?.state == .closed(at: now))
            #expect(closed?.profile == nil && closed?.password == nil)
            #expect(throws: DatabaseError.conflict) {
                try transact(database) { transaction throws(DatabaseError) in
                    try AccountStore.close(
                        record, at: now, tombstoneUntil: .latest, hasRecords: false, transaction)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keep sessions and devices until they end`(_ test: TestDatabase) throws {
        try withSchema(test) { database throws in
            try register(in: database)
            let later = now + .seconds(60)
            try transact(database) { transaction throws(DatabaseError) in
                for number in 1...4 {
                    try SessionStore.insert(
                        .init(
                            digest: digest(number), accountID: account, application: "app_1",
                            createdAt: now, expiresAt: later, usedAt: now), transaction)
                    try DeviceStore.insert(
                        digest(number), of: account, expiresAt: later, countMax: 2,
                        at: now + .seconds(number), transaction)
                }
                try SessionStore.touch(digest(1), at: now + .seconds(5), transaction)
                try SessionStore.touch(digest(1), at: now + .seconds(4), transaction)
                #expect(
                    try SessionStore.find(digest(1), transaction)?.usedAt == now + .seconds(5))
                #expect(try SessionStore.delete(digest(2), transaction))
                #expect(try !SessionStore.delete(digest(2), transaction))
                try SessionStore.deleteAll(of: account, but: digest(1), transaction)
                #expect(try SessionStore.find(digest(3), transaction) == nil)
                #expect(
                    try SessionStore.deleteExpired(
                        at: now, idleSince: now, limit: 9, transaction) == 0)
                #expect(
                    try SessionStore.deleteExpired(
                        at: later, idleSince: now, limit: 9, transaction) == 1)
                let known = try (1...4).map { number throws(DatabaseError) in
                    try DeviceStore.isKnown(digest(number), of: account, at: now, transaction)
                }
                #expect(known == [false, false, true, true])
                #expect(try DeviceStore.deleteExpired(at: later, limit: 1, transaction) == 1)
                try DeviceStore.deleteAll(of: account, transaction)
                #expect(try DeviceStore.deleteExpired(at: later, limit: 9, transaction) == 0)
                try SessionStore.deleteAll(of: account, transaction)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keep what was answered under an idempotency key`(_ test: TestDatabase) throws {
        try withSchema(test) { database throws in
            func name(_ seconds: Int) -> IdempotencyStore.Name {
                .init(
                    caller: digest(1), route: "POST /v1/accounts", keyDigest: digest(2),
                    claimedAt: now + .seconds(seconds))
            }
            func claim(
                _ seconds: Int, _ body: Int, stale: Int = -1,
                _ transaction: borrowing Transaction
            ) throws(DatabaseError) -> IdempotencyStore.Claim {
                try IdempotencyStore.claim(
                    name(seconds), fingerprint: digest(body), expiredBefore: now - .seconds(9),
                    staleBefore: now + .seconds(stale), transaction)
            }
            try transact(database) { transaction throws(DatabaseError) in
                #expect(try claim(0, 3, transaction) == .fresh)
                #expect(try claim(1, 3, transaction) == .inProgress)
                #expect(try claim(1, 4, transaction) == .reused)
                try IdempotencyStore.abandon(name(0), transaction)
                #expect(try claim(2, 4, transaction) == .fresh)
                #expect(try claim(3, 4, stale: 2, transaction) == .fresh, "taken over")
                try IdempotencyStore.finish(
                    name(3), status: 201, account: account, transaction)
                #expect(
                    try claim(4, 4, stale: 9, transaction) == .done(status: 201, account: account))
                #expect(
                    try IdempotencyStore.deleteExpired(
                        before: now + .seconds(3), limit: 9, transaction) == 1)
            }
            #expect(throws: DatabaseError.conflict) {
                try transact(database) { transaction throws(DatabaseError) in
                    try IdempotencyStore.finish(
                        name(3), status: 201, account: account, transaction)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keep failure budgets, keys, the audit trail and who works`(_ test: TestDatabase) throws {
        try withSchema(test) { database throws in
            try transact(database) { transaction throws(DatabaseError) in
                for state in [[1], [2, 3]] as [[UInt8]] {
                    try ThrottleStore.save(
                        digest(1), client: "stranger", state: state, diesAt: now, transaction)
                }
                let state = try ThrottleStore.load(digest(1), client: "stranger", transaction)
                #expect(state == [2, 3])
                #expect(try ThrottleStore.load(digest(1), client: "x", transaction) == nil)
                #expect(try ThrottleStore.deleteDead(at: now, limit: 9, transaction) == 1)
                let record = APIKeyStore.Record(
                    id: "adm_1", kind: .administrator, name: "N", roles: ["dpo", "auditor"],
                    createdAt: now, expiresAt: nil)
                try APIKeyStore.insert(record, digest: digest(1), transaction)
                #expect(
                    try APIKeyStore.find(digest: digest(1), .administrator, transaction) == record)
                #expect(
                    try APIKeyStore.find(digest: digest(1), .application, transaction) == nil)
                #expect(
                    try APIKeyStore.revoke(id: "adm_1", .administrator, at: now, transaction))
                #expect(
                    try !APIKeyStore.revoke(id: "adm_1", .administrator, at: now, transaction))
                #expect(try APIKeyStore.all(.administrator, transaction)[0].revokedAt == now)
                for number in 1...3 {
                    try AuditStore.append(
                        .init(
                            id: "\(number)", at: now, actor: "cli:0", action: "key.revoked",
                            object: "adm_1"), transaction)
                }
                let count = try transaction.first("SELECT COUNT(*) FROM audit") {
                    row throws(DatabaseError) in try row.int64(0)
                }
                #expect(count == 3)
                #expect(try take(1, transaction))
                #expect(try !take(2, transaction))
                #expect(try take(1, transaction))
                #expect(try take(2, after: 1, transaction))
                try WorkLeaseStore.release("work", holder: [1], transaction)
                #expect(try !take(1, transaction))
                try WorkLeaseStore.release("work", holder: [2], transaction)
                #expect(try take(1, transaction))
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keep check values of keys, one current for each purpose`(_ test: TestDatabase) throws {
        try withSchema(test) { database throws in
            let first = KeyStore.Record(
                id: "key_1", purpose: "pepper", checkValue: digest(1), isCurrent: true)
            let second = KeyStore.Record(
                id: "key_2", purpose: "pepper", checkValue: digest(2), isCurrent: true)
            let certificate = try ArchivePair.generate().certificate
            try transact(database) { transaction throws(DatabaseError) in
                try KeyStore.insert(first, at: now, transaction)
                try ArchiveCertificateStore.insert(certificate, at: now, transaction)
                #expect(try KeyStore.all(transaction) == [first])
                #expect(try ArchiveCertificateStore.current(transaction)?.pem == certificate.pem)
            }
            #expect(throws: DatabaseError.uniqueViolation) {
                try transact(database) { transaction throws(DatabaseError) in
                    try KeyStore.insert(second, at: now, transaction)
                }
            }
        }
    }

    private func take(
        _ holder: UInt8, after seconds: Int = 0, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try WorkLeaseStore.take(
            "work", holder: [holder], until: now + .seconds(1), at: now + .seconds(seconds),
            transaction)
    }

    private func register(in database: any Database) throws {
        let hash = try PHCString(phc)
        try transact(database) { transaction throws(DatabaseError) in
            try AccountStore.insert(
                account, locator: digest(1), keyID: "key_1",
                profile: .init(email: "a@example.com", displayName: nil), phc: hash,
                application: "app_1", at: now, transaction)
        }
    }
}

/// A database with Loquet's whole schema.
func withSchema(_ test: TestDatabase, _ body: (any Database) throws -> Void) throws {
    let folder = try TemporaryFolder()
    let database = try test.open(folder)
    defer { database.close() }
    try Migrations.loquet.apply(to: database, nowMicroseconds: 1)
    try body(database)
}

@discardableResult
func transact<Answer>(
    _ database: any Database,
    _ body: (borrowing Transaction) throws(DatabaseError) -> Answer
) throws(DatabaseError) -> Answer {
    try database.transaction(body)
}

func digest(_ number: Int) -> Digest {
    Digest.sha256(of: [UInt8(truncatingIfNeeded: number)])
}
