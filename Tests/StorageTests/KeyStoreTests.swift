import Accounts
import Secrets
import Storage
import Testing

@Suite struct `The stores of keys` {
    @Test(arguments: TestDatabase.all)
    func `keep one current key for each purpose`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let insert = { (id: String, isCurrent: Bool, now: Int64) in
                let record = KeyStore.Record(
                    id: id, purpose: "pepper", checkValue: .of(1), isCurrent: isCurrent)
                try store.write { transaction throws(DatabaseError) in
                    try KeyStore.insert(record, at: .second(now), transaction)
                }
                return record
            }
            let old = try insert("b", false, 0)
            let new = try insert("a", true, 1)
            #expect(throws: DatabaseError.uniqueViolation) { _ = try insert("c", true, 2) }
            #expect(throws: DatabaseError.uniqueViolation) { _ = try insert("a", false, 2) }
            let all = try store.read { reader throws(DatabaseError) in try KeyStore.all(reader) }
            #expect(all == [old, new])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `find an API key by its digest and its kind`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let record = APIKeyStore.Record(
                id: "adm_1", kind: .administrator, name: "Ada", roles: ["dpo", "auditor"],
                createdAt: .second(0), expiresAt: .second(10))
            try store.write { transaction throws(DatabaseError) in
                try APIKeyStore.insert(record, digest: .of(1), transaction)
            }
            let find = { (number: UInt8, kind: APIKeyStore.Kind) in
                try store.read { reader throws(DatabaseError) in
                    try APIKeyStore.find(digest: .of(number), kind, reader)
                }
            }
            #expect(try find(1, .administrator) == record)
            #expect(try find(1, .application) == nil)
            #expect(try find(2, .administrator) == nil)
            #expect(record.isValid(at: .second(9)))
            #expect(!record.isValid(at: .second(10)))
            #expect(throws: DatabaseError.uniqueViolation) {
                let twin = APIKeyStore.Record(
                    id: "adm_2", kind: .administrator, name: "", roles: [],
                    createdAt: .second(0), expiresAt: nil)
                try store.write { transaction throws(DatabaseError) in
                    try APIKeyStore.insert(twin, digest: .of(1), transaction)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `revoke an API key once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let record = APIKeyStore.Record(
                id: "app_1", kind: .application, name: "shop", roles: [], createdAt: .second(0),
                expiresAt: nil)
            try store.write { transaction throws(DatabaseError) in
                try APIKeyStore.insert(record, digest: .of(1), transaction)
            }
            let results = racing(4) { index throws(DatabaseError) in
                try store.write { transaction throws(DatabaseError) in
                    try APIKeyStore.revoke(
                        id: "app_1", .application, at: .second(Int64(index)), transaction)
                }
            }
            #expect(try results.filter { try $0.get() }.count == 1)
            let all = try store.read { reader throws(DatabaseError) in
                try APIKeyStore.all(.application, reader)
            }
            #expect(all.map { $0.isValid(at: .second(99)) } == [false])
            let other = try store.write { transaction throws(DatabaseError) in
                try APIKeyStore.revoke(id: "app_1", .administrator, at: .second(9), transaction)
            }
            #expect(!other)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `give the newest archive certificate`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let current = {
                try store.read { reader throws(DatabaseError) in
                    try ArchiveCertificateStore.current(reader)
                }
            }
            #expect(try current() == nil)
            for second in [2, 1] as [Int64] {
                let certificate = try ArchivePair.generate().certificate
                try store.write { transaction throws(DatabaseError) in
                    try ArchiveCertificateStore.insert(
                        certificate, at: .second(second), transaction)
                }
                if second == 2 { #expect(try current()?.pem == certificate.pem) }
                if second == 1 { #expect(try current()?.pem != certificate.pem) }
            }
            #expect(try current()?.possessionProvenAt == nil)
        }
    }
}

@Suite struct `The audit store` {
    @Test(arguments: TestDatabase.all)
    func `keeps what was done to each object`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let records = (1...3).map { number in
                AuditStore.Record(
                    id: "r\(number)", at: .second(Int64(number)), actor: "cli:0",
                    action: "account.changed", object: number == 2 ? "other" : "acc_1")
            }
            try store.write { transaction throws(DatabaseError) in
                for record in records { try AuditStore.append(record, transaction) }
            }
            #expect(try store.number("SELECT COUNT(*) FROM audit WHERE object = 'acc_1'") == 2)
        }
    }
}
