import Accounts
import Foundation
import Service
import Storage
import Testing

@Suite struct `An imported account` {
    @Test(arguments: ForeignHashes.all)
    func `signs in with the password it had, and its hash becomes ours`(hash: String) throws {
        // Arenas as large as the largest of these hashes.
        let service = try RunningService { $0.hashing.memoryKiB = 64 }
        let answer = try service.importing([line("ada@example.com", hash)])
        #expect(answer.outcome.imported == 1 && answer.errors.isEmpty)
        #expect(try service.texts("SELECT phc FROM password") == [hash])

        let person = Person(password: ForeignHashes.password)
        #expect(try service.signIn(person.with(password: "Une-Mule-2026!")).status == 401)
        #expect(try service.texts("SELECT phc FROM password") == [hash])
        let answered = try service.signIn(person)
        #expect(answered.status == 201)
        #expect(answered.json["account"]?["state"] == "active")
        let ours = try #require(try service.texts("SELECT phc FROM password").first)
        #expect(ours.hasPrefix("$argon2id$v=19$m=64,t=1,p=1,keyid="))
        #expect(try service.texts("SELECT scheme FROM password")[0].hasPrefix("argon2id,v=19,m=64"))
        #expect(try service.number("SELECT memory_kib FROM password") == 64)
        #expect(try service.signIn(person).status == 201)
        #expect(try service.signIn(person.with(password: "Une-Mule-2026!")).status == 401)
    }

    @Test func `can change its password and be closed before it ever signed in again`() throws {
        let service = try RunningService()
        try service.importing([
            line("ada@example.com", ForeignHashes.bcrypt),
            line("bob@example.com", ForeignHashes.djangoPBKDF2),
        ])
        let ada = Person(password: ForeignHashes.password)
        let session = try service.session(ada)
        #expect(
            try service.changePassword(
                session.token, ForeignHashes.password, to: "Une-Mule-2026!"
            ).status == 204)
        let bob = ada.with(email: "bob@example.com")
        let other = try service.session(bob)
        #expect(try service.close(other.token, ForeignHashes.password).status == 200)
        #expect(try service.number("SELECT count(*) FROM password") == 1)
        #expect(try service.signIn(bob).status == 401)
    }

    @Test func `has what its line says`() throws {
        let service = try RunningService()
        let application = try service.applicationID
        let answer = try service.importing([
            line(
                "Ada@Example.com", ForeignHashes.bcrypt,
                [
                    "display_name": "Ada", "created_at": "2024-02-29T12:00:00Z",
                    "application": application,
                ])
        ])
        #expect(answer.outcome.imported == 1)
        #expect(try service.texts("SELECT email FROM profile") == ["Ada@Example.com"])
        #expect(try service.texts("SELECT display_name FROM profile") == ["Ada"])
        #expect(try service.texts("SELECT application FROM account") == [application])
        #expect(
            try service.number("SELECT created_at_us FROM account") == 1_709_208_000_000_000)
    }

    @Test func `is in the audit log by number and not on the incident queue`() throws {
        let service = try RunningService()
        let count = 600
        let answer = try service.importing(
            (0..<count).map { line("p\($0)@example.com", ForeignHashes.bcrypt) })
        #expect(answer.outcome.imported == count)
        let rows = try service.texts(
            "SELECT object FROM audit WHERE action = 'accounts.imported' AND actor = 'cli:0' ORDER BY id"
        )
        #expect(rows.count == 3)
        #expect(
            rows.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.sorted() == [
                100, 250, 250,
            ])
        #expect(try service.number("SELECT count(*) FROM event") == 0)
        #expect(rows.allSatisfy { !$0.contains("@") })
    }
}

@Suite struct `An import` {
    private let lines = (0..<10).map { line("p\($0)@example.com", ForeignHashes.bcrypt) }

    @Test func `run again neither doubles nor loses`() throws {
        let service = try RunningService()
        try service.importing(Array(lines.prefix(4)))
        let again = try service.importing(lines)
        #expect(again.outcome.imported == 6 && again.outcome.present == 4)
        #expect(again.errors.isEmpty)
        #expect(try service.number("SELECT count(*) FROM account") == 10)
    }

    @Test func `run again leaves alone what its owner changed meanwhile`() throws {
        let service = try RunningService()
        try service.importing(lines)
        let person = Person(email: "p3@example.com", password: ForeignHashes.password)
        try service.session(person)
        let ours = try service.texts("SELECT phc FROM password WHERE phc LIKE '$argon2id%'")
        #expect(ours.count == 1)
        let again = try service.importing(lines)
        #expect(again.outcome.present == 10 && again.outcome.imported == 0)
        #expect(
            try service.texts("SELECT phc FROM password WHERE phc LIKE '$argon2id%'") == ours)
    }

    @Test func `refuses an address that somebody else has, or had`() throws {
        let service = try RunningService()
        let session = try service.member()
        let line = line("ADA@example.com", ForeignHashes.bcrypt)
        #expect(try service.importing([line]).fields == ["email"])
        try service.close(session.token)
        #expect(try service.importing([line]).fields == ["email"])
    }

    @Test func `refuses a second line for one address unless it says the same`() throws {
        let service = try RunningService()
        let answer = try service.importing([
            line("ada@example.com", ForeignHashes.bcrypt),
            line("Ada@example.com", ForeignHashes.bcrypt),
            line("ada@example.com", ForeignHashes.shaCrypt),
        ])
        #expect(answer.outcome.imported == 1 && answer.outcome.present == 1)
        #expect(answer.refused == [3])
        #expect(try service.texts("SELECT phc FROM password") == [ForeignHashes.bcrypt])
    }

    @Test func `in a dry run finds everything and writes nothing`() throws {
        let service = try RunningService()
        try service.importing([lines[0]])
        let answer = try service.importing(lines + ["nonsense"], isDryRun: true)
        #expect(answer.outcome.imported == 9 && answer.outcome.present == 1)
        #expect(answer.refused == [11])
        #expect(try service.number("SELECT count(*) FROM account") == 1)
        #expect(
            try service.number("SELECT count(*) FROM audit WHERE action = 'accounts.imported'") == 1
        )
    }

    @Test func `goes on behind a wrong line and names each`() throws {
        let service = try RunningService()
        let good = line("ada@example.com", ForeignHashes.bcrypt)
        let long = line("b@example.com", String(repeating: "x", count: 17_000))
        let answer = try service.importing([
            "{", good, "", "  \t", "[]",
            #"{"email":"b@example.com"}"#,
            #"{"email":7,"password_hash":"x"}"#,
            line("b@example.com", "x"),
            line("nobody", ForeignHashes.bcrypt),
            line("b@example.com", ForeignHashes.bcrypt, ["colour": "red"]),
            line("b@example.com", ForeignHashes.bcrypt, ["ada@example.com": "red"]),
            line("b@example.com", ForeignHashes.bcrypt, ["display_name": "\u{7}"]),
            line("b@example.com", ForeignHashes.bcrypt, ["created_at": "yesterday"]),
            line("b@example.com", ForeignHashes.bcrypt, ["created_at": "9999-01-01T00:00:00Z"]),
            line("b@example.com", ForeignHashes.bcrypt, ["created_at": "1969-12-31T23:59:59Z"]),
            line("b@example.com", ForeignHashes.bcrypt, ["application": "app_0"]),
            line(
                "b@example.com",
                "$argon2id$v=19$m=8,t=1,p=1,keyid=AAECAw$MDEyMzQ1Njc4OWFiY2RlZg$"
                    + String(repeating: "A", count: 43)),
            #"{"email":"b@example.com","email":"c@example.com","password_hash":"x"}"#,
            long,
        ])
        #expect(answer.refused == [1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
        #expect(
            answer.fields == [
                "line", "line", "password_hash", "email", "password_hash", "email", "colour",
                "a field whose name is no word", "display_name", "created_at", "created_at",
                "created_at", "application", "password_hash", "email", "line",
            ])
        #expect(answer.outcome.lines == 17 && answer.outcome.imported == 1)
        let told = answer.errors.map { "\($0.error.field) \($0.error.expected)" }.joined()
        for secret in ["example.com", "nobody", "yesterday", "MDEy", "red"] {
            #expect(!told.contains(secret), "\(secret)")
        }
    }

    @Test func `takes hashes up to the memory it is given, and no larger one`() throws {
        let service = try RunningService()
        let argon2 = line("ada@example.com", ForeignHashes.argon2i)
        let refused = try service.importing([argon2], memoryKiBMax: 63)
        #expect(refused.fields == ["password_hash"])
        #expect(try service.importing([argon2], memoryKiBMax: 64).outcome.imported == 1)
    }

    @Test func `of larger hashes makes the next start's arenas larger`() throws {
        let service = try RunningService()
        try service.importing([line("ada@example.com", ForeignHashes.argon2i)])
        let person = Person(password: ForeignHashes.password)
        let next = try service.restarted()
        #expect(try next.signIn(person).status == 201)
    }

    @Test func `needs an application that is valid`() throws {
        let service = try RunningService()
        #expect(throws: StartError.self) {
            try service.importing(lines, application: "app_00000000000000000000000000")
        }
    }
}

@Suite struct `A file of lines` {
    private func lines(_ content: String, bytesMax: Int = 10) throws -> [LineFile.Line] {
        let folder = try TemporaryFolder()
        let file = try LineFile(try folder.file("lines", content), lineBytesMax: bytesMax)
        var lines: [LineFile.Line] = []
        while let line = try file.next() { lines.append(line) }
        #expect(file.bytesDone == file.bytesTotal)
        return lines
    }

    @Test func `ends with or without a line feed`() throws {
        #expect(try lines("") == [])
        #expect(try lines("a") == [.bytes([0x61])])
        #expect(try lines("a\n") == [.bytes([0x61])])
        #expect(try lines("a\n\nb") == [.bytes([0x61]), .bytes([]), .bytes([0x62])])
    }

    @Test func `skips a line that is too long, and nothing else`() throws {
        let ten = String(repeating: "x", count: 10)
        #expect(
            try lines("\(ten)\n\(ten)x\na\n") == [
                .bytes(Array(ten.utf8)), .tooLong, .bytes([0x61]),
            ])
        // Longer than what is read at once.
        let long = String(repeating: "y", count: 200_000)
        #expect(try lines("\(long)\na\n\(long)") == [.tooLong, .bytes([0x61]), .tooLong])
        #expect(try lines(long, bytesMax: 200_000) == [.bytes(Array(long.utf8))])
    }

    @Test func `is no directory and must be there`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) { try LineFile(folder.path("none"), lineBytesMax: 1) }
        #expect(throws: FileError.self) { try LineFile(folder.path("."), lineBytesMax: 1) }
    }
}
