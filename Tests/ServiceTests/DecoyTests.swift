import Accounts
import Foundation
import Service
import Storage
import Testing

@Suite struct `A sign-in to nobody's account` {
    private static let families = ["argon2id", "bcrypt", "pbkdf2", "sha-crypt"]

    /// Comparisons by scheme, as the metrics count them.
    private func counts(_ service: RunningService) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for family in Self.families {
            counts[family] = try service.metric(
                "loquet_verifications_total{scheme=\"\(family)\"}")
        }
        return counts
    }

    private func tryStrangers(_ service: RunningService, _ numbers: Range<Int>) throws {
        for number in numbers {
            let person = Person(
                email: "stranger\(number)@example.com", ip: "198.51.\(number / 200).\(number % 200)"
            )
            #expect(try service.signIn(person).status == 401)
        }
    }

    private func importPeople(_ service: RunningService, bcrypt: Int, pbkdf2: Int) throws {
        try service.importing(
            (0..<bcrypt).map { line("b\($0)@example.com", ForeignHashes.bcrypt) }
                + (0..<pbkdf2).map { line("d\($0)@example.com", ForeignHashes.djangoPBKDF2) })
    }

    @Test func `is verified against today's scheme while all hashes have it`() throws {
        let service = try RunningService()
        try service.register()
        try tryStrangers(service, 0..<20)
        #expect(try counts(service) == ["argon2id": 20, "bcrypt": 0, "pbkdf2": 0, "sha-crypt": 0])
    }

    /// 300 draws: six standard deviations are 0.16 of them.
    @Test func `follows the mix of the schemes that are stored`() throws {
        let made = try RunningService()
        try importPeople(made, bcrypt: 60, pbkdf2: 40)
        let service = try made.restarted()
        try tryStrangers(service, 0..<300)
        let counts = try counts(service)
        #expect(counts.values.reduce(0, +) == 300)
        #expect(abs((counts["bcrypt"] ?? 0) - 180) < 50, "\(counts)")
        #expect(abs((counts["pbkdf2"] ?? 0) - 120) < 50, "\(counts)")
        #expect(counts["sha-crypt"] == 0)
    }

    @Test func `follows an import after a minute, without a restart`() throws {
        let service = try RunningService()
        try tryStrangers(service, 0..<5)
        try importPeople(service, bcrypt: 200, pbkdf2: 0)
        service.advance(.seconds(61))
        var number = 1_000
        _ = try eventually {
            try tryStrangers(service, number..<number + 1)
            number += 1
            return try counts(service)["bcrypt"] == 0 ? nil : true
        }
    }

    @Test func `is always verified against the same scheme`() throws {
        let made = try RunningService { $0.throttling = true }
        try importPeople(made, bcrypt: 30, pbkdf2: 30)
        var service = try made.restarted()
        for number in 0..<8 {
            let person = Person(email: "s\(number)@example.com", ip: "198.51.100.\(number)")
            let before = try counts(service)
            for _ in 0..<3 { try service.signIn(person) }
            let after = try counts(service)
            let grown = Self.families.filter { before[$0] != after[$0] }
            #expect(grown.count == 1, "\(grown)")
            if number == 3 {
                // Another process says the same.
                service = try service.restarted()
                try service.signIn(person.with(ip: "198.51.101.1"))
                let again = try counts(service)
                #expect(again[grown[0]] == 1)
            }
        }
    }

    @Test func `and a wrong password on an old account cost that account's scheme`() throws {
        let made = try RunningService()
        try importPeople(made, bcrypt: 1, pbkdf2: 0)
        let service = try made.restarted()
        let before = try counts(service)
        #expect(before.values.allSatisfy { $0 == 0 })
        try service.signIn(Person(email: "b0@example.com", password: "Une-Mule-2026!"))
        #expect(try counts(service)["bcrypt"] == 1)
        #expect(try counts(service)["argon2id"] == 0)
    }
}

@Suite struct `Hashes that the version before wrote` {
    @Test func `get their scheme from housekeeping, and a wrong one is put right`() throws {
        let made = try RunningService()
        for number in 0..<3 {
            try made.register(Person(email: "p\(number)@example.com"))
        }
        let scheme = try #require(try made.texts("SELECT scheme FROM password").first)
        try made.execute("UPDATE password SET scheme = ''")
        try made.execute(
            "UPDATE password SET scheme = 'bcrypt,cost=4' WHERE account_id IN (SELECT MIN(account_id) FROM password)"
        )
        let service = try made.restarted()
        _ = try eventually {
            try service.texts("SELECT DISTINCT scheme FROM password") == [scheme] ? true : nil
        }
        // Beside the running service, too.
        try service.execute("UPDATE password SET scheme = ''")
        service.advance(.seconds(61))
        _ = try eventually {
            try service.texts("SELECT DISTINCT scheme FROM password") == [scheme] ? true : nil
        }
    }
}
