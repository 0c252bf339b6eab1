import Accounts
import Foundation
import Service
import Storage
import Testing

@Suite struct `A pepper` {
    private func rotation(_ service: RunningService) -> KeyRotation {
        KeyRotation(service.database, dataDirectory: service.dataPath, actor: "cli:7")
    }

    private func current(_ service: RunningService) throws -> String {
        try #require(
            try service.texts("SELECT id FROM service_key WHERE purpose = 'pepper' AND is_current")
                .first)
    }

    private func keyIDs(_ service: RunningService) throws -> Set<String> {
        Set(
            try service.texts("SELECT scheme FROM password").compactMap {
                $0.split(separator: "=").last.map(String.init)
            })
    }

    @Test func `is replaced in two steps while the service runs, hash by hash`() throws {
        let service = try RunningService()
        let ada = Person()
        let bob = Person(email: "bob@example.com")
        try service.register(ada)
        try service.register(bob)
        let old = try current(service)
        let keys = rotation(service)
        let (new, path) = try keys.add(purpose: "pepper")
        #expect(FileManager.default.fileExists(atPath: path))
        // Nothing is made with it yet.
        service.advance(.seconds(61))
        try service.session(ada)
        #expect(try keyIDs(service) == [old])

        try keys.use(id: new)
        service.advance(.seconds(61))
        _ = try eventually {
            try service.session(ada)
            return try keyIDs(service) == [old, new] ? true : nil
        }
        let listed = try keys.list().filter { $0.purpose == "pepper" }
        #expect(listed.map(\.hashes) == [1, 1] && listed.allSatisfy(\.isHeld))
        let refused = #expect(throws: StartError.self) { try keys.retire(id: old) }
        #expect(refused?.text.hasPrefix("1 hash still names \(old)") == true)
        // The old one verifies what is left, after a restart too.
        let next = try service.restarted()
        #expect(try next.signIn(bob.with(password: "Une-Mule-2026!")).status == 401)
        try next.session(bob)
        #expect(try keyIDs(next) == [new])
        #expect(try rotation(next).retire(id: old))
        #expect(try next.texts("SELECT id FROM service_key WHERE purpose = 'pepper'") == [new])
        let files = try FileManager.default.contentsOfDirectory(atPath: next.dataPath + "/keys")
        #expect(files.filter { $0.hasPrefix("pepper.") } == ["pepper.\(new).key"])
        let last = try next.restarted()
        try last.session(ada)
        try last.session(bob)
        #expect(
            try last.texts("SELECT action FROM audit WHERE actor = 'cli:7' ORDER BY id") == [
                "key.added", "key.used", "key.retired",
            ])
    }

    @Test func `that a node was not given keeps it from starting, by name`() throws {
        let service = try RunningService()
        let (new, path) = try rotation(service).add(purpose: "pepper")
        try FileManager.default.removeItem(atPath: path)
        let error = #expect(throws: StartError.self) { try service.restarted() }
        #expect(error?.text.contains("key pepper.\(new) is missing from keys/") == true)
    }

    @Test func `that a running node was not given leaves it as it is, and it says so`() throws {
        let service = try RunningService()
        try service.register()
        let keys = rotation(service)
        let (new, path) = try keys.add(purpose: "pepper")
        let content = try Data(contentsOf: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: path)
        service.advance(.seconds(61))
        _ = try eventually { try service.log.contains("pepper.\(new) is missing") ? true : nil }
        try service.session()
        // It cannot be made current from here, either.
        #expect(throws: StartError.self) { try keys.use(id: new) }
        // Handed over late, it is taken up without a restart.
        try content.write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try keys.use(id: new)
        service.advance(.seconds(61))
        _ = try eventually {
            try service.session()
            return try keyIDs(service) == [new] ? true : nil
        }
    }

    @Test func `that was retired goes into no new hash, even where nobody noticed`() throws {
        let service = try RunningService()
        let old = try current(service)
        let keys = rotation(service)
        let (new, _) = try keys.add(purpose: "pepper")
        try keys.use(id: new)
        #expect(try keys.retire(id: old))
        // The clock stands still, so housekeeping has not looked yet.
        let answer = try service.register()
        #expect(answer.status == 503 && answer.code == "unavailable")
        #expect(try service.number("SELECT count(*) FROM account") == 0)
        service.advance(.seconds(61))
        _ = try eventually { try service.register().status == 201 ? true : nil }
        #expect(try keyIDs(service) == [new])
    }

    @Test func `that is current, and what is none, cannot be retired or used`() throws {
        let service = try RunningService()
        let keys = rotation(service)
        let pepper = try current(service)
        let other = try #require(
            try service.texts("SELECT id FROM service_key WHERE purpose = 'identifier'").first)
        for (id, reason) in [
            (pepper, "is the current pepper"), (other, "cannot be changed yet"),
            ("00000000", "there is no key"), ("x", "there is no key"),
        ] {
            let retired = #expect(throws: StartError.self) { try keys.retire(id: id) }
            #expect(retired?.text.contains(reason) == true, "\(id)")
            let used = #expect(throws: StartError.self) { try keys.use(id: id) }
            #expect(used?.text.contains(reason) == true, "\(id)")
        }
        for purpose in ["identifier", "tag", "record", "token-signing", "audit-checkpoint"] {
            let added = #expect(throws: StartError.self) { try keys.add(purpose: purpose) }
            #expect(added?.text.contains("cannot be changed yet") == true)
        }
        #expect(throws: StartError.self) { try keys.add(purpose: "salt") }
        #expect(try service.number("SELECT count(*) FROM service_key") == 7)
    }
}

@Suite struct `The status of hashes` {
    @Test func `counts schemes, peppers and what is to be renewed`() throws {
        let service = try RunningService()
        try service.register()
        try service.importing([
            line("b@example.com", ForeignHashes.bcrypt),
            line("c@example.com", ForeignHashes.bcrypt),
        ])
        try service.execute(
            "INSERT INTO account (id, state, version, application, created_at_us, changed_at_us) VALUES ('acc_0', 'active', 1, 'x', 0, 0)"
        )
        try service.execute(
            "INSERT INTO password (account_id, phc, memory_kib, version, must_change, set_at_us) VALUES ('acc_0', 'x', 0, 1, FALSE, 0)"
        )
        try service.execute("UPDATE password SET scheme = 'nonsense'")
        let first = try? HashesStatus(service.configuration, service.database)
        // An account id that is none is a damaged row, and is not read over.
        #expect(first == nil)
        try service.execute("DELETE FROM password WHERE account_id = 'acc_0'")
        let status = try HashesStatus(service.configuration, service.database)
        #expect(status.total == 3 && status.needingRehash == 2 && status.unpeppered == 2)
        #expect(status.schemes.map(\.count) == [2, 1])
        #expect(status.schemes.map(\.text) == ["bcrypt,cost=4", status.today])
        #expect(status.schemes.map(\.needsRehash) == [true, false])
        #expect(status.peppers.map(\.hashes) == [1] && status.peppers.map(\.isCurrent) == [true])
        var stronger = service.configuration
        stronger.hashing.passes = 2
        #expect(try HashesStatus(stronger, service.database).needingRehash == 3)
    }
}
