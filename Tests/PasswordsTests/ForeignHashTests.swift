// Vectors, none of them a secret:
// - `$2a$05$CCCC…`: Openwall's crypt_blowfish, wrapper.c (public domain).
// - `$5$saltstring$…`, `$6$saltstring$…`: Drepper, "Unix crypt using SHA-256 and SHA-512" (public domain).
// - `Un-Cheval-1815` in Django's spellings: made once with Django 5.2 (BSD); with passlib's: passlib 1.7
//   (BSD); Argon2 of other kinds: argon2-cffi (MIT); PHC's PBKDF2: Python's hashlib; crypt(3): Python's
//   crypt over libxcrypt; bcrypt of special passwords: the Python package bcrypt (Apache 2).

import Secrets
import Testing

@testable import Passwords

/// A stored text and the password it is of.
struct ForeignVector: Sendable, CustomTestStringConvertible {
    let scheme: String
    let text: String
    var password = "Un-Cheval-1815"

    var testDescription: String { scheme }

    init(_ scheme: String, _ text: String, of password: String = "Un-Cheval-1815") {
        self.scheme = scheme
        self.text = text
        self.password = password
    }

    private static let salt = "MDEyMzQ1Njc4OWFiY2RlZg"

    static let all: [ForeignVector] = argon2 + bcrypt + shaCrypt + pbkdf2 + scrypt

    static let argon2: [ForeignVector] = [
        .init(
            "argon2i,v=16,m=64,t=2,p=1",
            "$argon2i$v=16$m=64,t=2,p=1$\(salt)$g5eSlpjnOnLcI7iWLcFygbr+xP/7pIe56sAbM+XUi+0"),
        .init(
            "argon2i,v=16,m=64,t=2,p=1",
            "$argon2i$m=64,t=2,p=1$\(salt)$g5eSlpjnOnLcI7iWLcFygbr+xP/7pIe56sAbM+XUi+0"),
        .init(
            "argon2i,v=19,m=64,t=2,p=1",
            "$argon2i$v=19$m=64,t=2,p=1$\(salt)$aqrdnK9AJDsz66upJqj1d6Dgd4+RLeNK9GYxZWwz0n0"),
        .init(
            "argon2d,v=16,m=64,t=2,p=1",
            "$argon2d$v=16$m=64,t=2,p=1$\(salt)$RzEWameC5AXnv+xMV/hcWYo+RzVfzd0Jqr/yWJruq+8"),
        .init(
            "argon2d,v=19,m=64,t=2,p=1",
            "$argon2d$v=19$m=64,t=2,p=1$\(salt)$qcy0hncXsXKMPTHTZNa5lV0YOBGEro7JTarZEta/n98"),
        .init(
            "argon2id,v=16,m=64,t=2,p=1",
            "$argon2id$v=16$m=64,t=2,p=1$\(salt)$9rz4dXvFuDI0g+Enfar1KafNOBqkXsl2SzVpDBhC698"),
        .init(
            "argon2id,v=19,m=64,t=12,p=1",
            "$argon2id$v=19$m=64,t=12,p=1$\(salt)$92MQ+e34hyImWCE4ZSWrx/ePgSNzSfelKvX8neb0rtg"),
        .init(
            "argon2id,v=19,m=64,t=1,p=8",
            "argon2$argon2id$v=19$m=64,t=1,p=8$c2Vhc2FsdDAxMjM0NTY3ODlhYmNkZQ$"
                + "J7YO8pQB+5Wb4ootsIEJqmXOgnwuenVC3CSWqZ9S3f0"),
        .init(
            "argon2id,v=19,m=64,t=1,p=1",
            "argon2$argon2id$v=19$m=64,t=1,p=1$c2Vhc2FsdDAxMjM0NTY3ODlhYmNkZQ$"
                + "3pR96NV4X1guVCoPe+/Gd7eGC8Msb52TbG0evh3wPVQ"),
    ]

    static let bcrypt: [ForeignVector] = [
        .init(
            "bcrypt,cost=5", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            of: "U*U"),
        .init(
            "bcrypt,cost=5", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
            of: "U*U*"),
        .init("bcrypt,cost=4", "$2b$04$abcdefghijklmnopqrstuuUro8N19.MeQg58lgJQONA0DBB/nN7A."),
        .init("bcrypt,cost=4", "$2y$04$abcdefghijklmnopqrstuuUro8N19.MeQg58lgJQONA0DBB/nN7A."),
        .init(
            "bcrypt,cost=4", "bcrypt$$2b$04$abcdefghijklmnopqrstuuUro8N19.MeQg58lgJQONA0DBB/nN7A."),
        .init(
            "bcrypt,cost=4",
            "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuk03YjhRVXNwKpsTTVBFGQ0rAQq4qW4S"),
        .init(
            "bcrypt,cost=4", "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe",
            of: String(repeating: "a", count: 72)),
        .init(
            "bcrypt,cost=4", "$2b$04$abcdefghijklmnopqrstuuxBtSa0.fMn6zYEZ24bXkrkeQ/.L5ama",
            of: "Übung-12"),
        .init(
            "bcrypt,cost=4", "$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq", of: ""),
    ]

    static let shaCrypt: [ForeignVector] = [
        .init(
            "sha-crypt,bits=256,rounds=5000,salt=10",
            "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", of: "Hello world!"),
        .init(
            "sha-crypt,bits=512,rounds=5000,salt=10",
            "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFC"
                + "oEOfaS35inz1", of: "Hello world!"),
        .init(
            "sha-crypt,bits=512,rounds=1000,salt=16",
            "$6$rounds=1000$0123456789abcdef$jbqeq5ZMUrYf9O5lTkXuHXgZWJBonLR8NfEQtYopeU6JNXJLV1aNuKn4V"
                + "mgD4nv/ditCZkExAjlqJHW1Wphrg1"),
        .init(
            "sha-crypt,bits=256,rounds=1000,salt=2",
            "$5$rounds=1000$ab$xpEA0tiucrO2gYaeDAwbT/g8eEI3IjK6J9rC/F.68z1"),
        .init(
            "sha-crypt,bits=512,rounds=5000,salt=0",
            "$6$$HdXUDldU0GnMS31Bwa4M1oGgWxsvYbgN0Y0s8zbNdv84IEAwsjbZGKjuTc6j8znhKjAVxvJxExG/no5NGG3wn"
                + "0"),
        .init(
            "sha-crypt,bits=512,rounds=1000,salt=2",
            "$6$rounds=1000$ab$QA9Z9t2LhlEkmn/DIY5MwPdoG2uTd9cIewHBHsyHaffgJFEJ7Tt3yYUW/s2PmMhsGJJ6FrhF"
                + "QU63cdJBPxyYJ1", of: String(repeating: "a", count: 511)),
    ]

    static let pbkdf2: [ForeignVector] = [
        .init(
            "pbkdf2,hmac=sha1,iterations=1000,blocks=1",
            "$pbkdf2$1000$\(salt)$DjR6FQgGDP4BTpbGPtIu8nT04Qk"),
        .init(
            "pbkdf2,hmac=sha256,iterations=1000,blocks=1",
            "$pbkdf2-sha256$1000$..../zAxMjM0NTY3ODlhYg$X/WblDJoL0/1/6XSeiDdLEpbDNuJuicVojNevEhNIS0"
        ),
        .init(
            "pbkdf2,hmac=sha512,iterations=1000,blocks=1",
            "$pbkdf2-sha512$1000$\(salt)$N7y8QoI7DU6XISt6L/sHK4.m2WucShi6r2xBoc.Zx3ecFsXL/a9/0exUh3Duk"
                + "Nu1Tuuqzxar4sMfexCxi.e82A"),
        .init(
            "pbkdf2,hmac=sha256,iterations=1000,blocks=1",
            "$pbkdf2-sha256$i=1000$\(salt)$5nHB0yqqMYeytUEGwwiZBJyvvjfJN3Z35mot/ndRsWU"),
        .init(
            "pbkdf2,hmac=sha1,iterations=1000,blocks=2",
            "$pbkdf2-sha1$i=1000,l=32$\(salt)$DjR6FQgGDP4BTpbGPtIu8nT04QlQqC/HdtmAKb6zX48"),
        .init(
            "pbkdf2,hmac=sha256,iterations=1000,blocks=1",
            "pbkdf2_sha256$1000$seasalt0123456789abcde$Xmo5p6IvyXoY2w/8k4UpIEhfAWxoTfKu4C0UZLgmc+8="
        ),
        .init(
            "pbkdf2,hmac=sha1,iterations=1000,blocks=1",
            "pbkdf2_sha1$1000$seasalt0123456789abcde$Gde5Gi6ikpRtUawd9qB0ya1QsoA="),
    ]

    static let scrypt: [ForeignVector] = [
        .init(
            "scrypt,ln=4,r=8,p=1",
            "$scrypt$ln=4,r=8,p=1$\(salt)$era4L904U2qKQIqUXglVVoXh8dJSHDZtCn7vF7woeD8"),
        .init(
            "scrypt,ln=4,r=8,p=5",
            "scrypt$16$seasalt0123456789abcde$8$5$a14iV72xTKrUje0gA4ZM0UuDwEwKH5n1fKW48OVUMPsPrnLIhXxM"
                + "O3lZFx+fVHL+Ub7tT9tkd/cxFwAk065ssA=="),
    ]
}

@Suite struct `A hash of another system` {
    @Test(arguments: ForeignVector.all)
    func `matches its password and no other`(vector: ForeignVector) throws {
        #expect(try verify(vector.password, vector.text) == .match)
        #expect(try verify(vector.password + "x", vector.text) == .mismatch || isCut(vector))
        #expect(try verify("x" + vector.password, vector.text) == .mismatch)
        #expect(try verify("\0" + vector.password, vector.text) == .mismatch)
    }

    /// bcrypt does not read what comes after 72 bytes.
    private func isCut(_ vector: ForeignVector) -> Bool {
        vector.password.utf8.count == 72 && vector.text.hasPrefix("$2b$")
    }

    @Test(arguments: ForeignVector.all)
    func `is read and written unchanged, and always renewed`(vector: ForeignVector) throws {
        let hash = try PasswordHash(vector.text)
        guard case .foreign = hash else {
            Issue.record("taken for one of ours")
            return
        }
        #expect(hash.text == vector.text)
        let pepper = try #require(PepperID(bytes: [0, 0, 0, 1]))
        #expect(hash.needsRehash(today: tinyCost, pepper: pepper))
        #expect(hash.pepperID == nil)
    }

    @Test(arguments: ForeignVector.all)
    func `says nothing when it is printed`(vector: ForeignVector) throws {
        let hash = try ForeignHash(vector.text)
        for text in ["\(hash)", String(reflecting: hash)] { #expect(text == "ForeignHash") }
    }

    @Test func `never matches a password with a NUL, where C would end it`() throws {
        for vector in ForeignVector.bcrypt + ForeignVector.shaCrypt
        where !vector.text.hasPrefix("bcrypt_sha256") {
            #expect(try verify(vector.password + "\0", vector.text) == .mismatch)
            #expect(try verify(vector.password + "\0more", vector.text) == .mismatch)
        }
        // Behind what bcrypt reads, too: nobody typed one.
        let long = String(repeating: "a", count: 72)
        let text = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe"
        #expect(try verify(long + "behind", text) == .match)
        #expect(try verify(long + "behind\0", text) == .mismatch)
    }

    @Test func `of crypt(3) never matches a password that libxcrypt cannot see whole`() throws {
        let text = try #require(ForeignVector.shaCrypt.last).text
        #expect(try verify(String(repeating: "a", count: 511), text) == .match)
        for count in [512, 600, 4_096] {
            #expect(try verify(String(repeating: "a", count: count), text) == .mismatch)
        }
        let bcrypt = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe"
        #expect(try verify(String(repeating: "a", count: 4_096), bcrypt) == .match)
    }

    @Test func `of bcrypt is the same under a salt whose last digit has other spare bits`() throws {
        // 22 digits hold 132 bits for 128.
        #expect(
            try verify(
                "Un-Cheval-1815",
                "$2b$04$abcdefghijklmnopqrstuvUro8N19.MeQg58lgJQONA0DBB/nN7A.") == .match)
    }

    @Test func `that needs more than the arena is refused before anything is computed`() throws {
        for vector in ForeignVector.argon2 + ForeignVector.scrypt {
            let hash = try PasswordHash(vector.text)
            guard hash.memoryKiB > 32 else { continue }
            #expect(
                throws: PasswordHashError.arenaTooSmall(
                    neededKiB: hash.memoryKiB, arenaKiB: 32)
            ) { try verify(vector.password, vector.text, arenaKiB: 32) }
        }
    }

    @Test func `of scrypt leaves the arena as it was: whole, and zeros`() throws {
        // 4 MiB and 512 KiB of arena for a table of 4 MiB.
        var arena = try Argon2Arena(for: smallCost(4_608))
        let hash = try PasswordHash(
            "$scrypt$ln=12,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + String(repeating: "A", count: 43))
        #expect(hash.memoryKiB == 4_096)
        let ring = try PepperRing(current: pepper(1))
        let password = try Password("x")
        let answer = try hash.verify(
            password, peppers: ring, by: .libargon2(.configured), in: &arena)
        #expect(answer == .mismatch)
        let isZero = unsafe arena.withUnsafeMemory { unsafe $0.allSatisfy { $0 == 0 } }
        #expect(isZero)
    }
}

/// - Parameter arenaKiB: enough for every vector.
private func verify(
    _ password: String, _ text: String, arenaKiB: UInt32 = 128
) throws -> Verification {
    var arena = try Argon2Arena(for: smallCost(arenaKiB))
    let ring = try PepperRing(current: pepper(1))
    let password = try Password(password)
    return try PasswordHash(text).verify(
        password, peppers: ring, by: .libargon2(.configured), in: &arena)
}
