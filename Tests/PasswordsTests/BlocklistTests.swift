import Testing

@testable import Passwords

func isListed(
    _ text: String, _ blocklist: Blocklist = .builtIn, context: PasswordContext = .none
) throws -> Bool {
    let password = try Password(text)
    return blocklist.lists(password, context: context)
}

@Suite struct `The list of common passwords` {
    @Test(arguments: [
        "P@ssw0rd", "Azerty123!", "Motdepasse1!", "azerty", "AZERTY", "123Soleil!", "B0nj0ur!!",
        "4dm1n", "Adm1n2024", "p4$$w0rd", "1l0veyou", "Il0v3y0u", "$ecret", "  azerty  ",
        "12345678",
        "1q2w3e4r", "1Q2W3E4R", "Été2024!", "E\u{301}te\u{301}2024!", "ÉTÉ2024!", "&é\"'(-è_çà",
        "Paſſword1!",
    ])
    func `hits`(password: String) throws {
        #expect(try isListed(password))
    }

    @Test(arguments: [
        "", "   ", "!!!!", "²²²", "Abcdef1!", "abcdef", "Éclair1!",
        // A listed word inside a longer password.
        "Mon azerty à moi", "azertypassword", "password!password", "motdepasse et soleil",
        // Digits inside are not stripped; what is not stripped is part of the word.
        "pass99word", "a-zerty",
        // Strip first, then substitute: the sign in front is gone before it could become a letter,
        // and with it behind the word, the whole does not spell one either.
        "$ecret!", "1nternet!",
        // Undone all or not at all.
        "1q2w3€4r",
    ])
    func `does not hit`(password: String) throws {
        #expect(try !isListed(password))
    }

    @Test func `has at least 1500 bases, each once and spelt as it is compared`() {
        let bases = CommonBases.all
        #expect(Blocklist.builtIn.count == bases.count, "a base is listed twice")
        #expect(bases.count >= 1_500)
        for base in bases {
            let folded = NormalForm.caseless(NormalForm.of(base).unicodeScalars)
            #expect(folded == Array(base.utf8))
        }
    }

    @Test func `holds no plain run of the alphabet`() {
        let alphabet = "abcdefghijklmnopqrstuvwxyz"
        for base in CommonBases.all where base.count > 2 {
            #expect(!alphabet.contains(base))
        }
    }

    @Test func `reads each 1 as i or as l`() throws {
        let list = Blocklist(bases: ["illicil"])
        for spelling in ["illicil", "1ll1c1l", "1111c11", "i1lic1l", "I1LIC1L"] {
            #expect(try isListed(spelling, list), "\(spelling)")
        }
        for spelling in ["iiiicii", "lllicil", "1111c1", "1111k11"] {
            #expect(try !isListed(spelling, list), "\(spelling)")
        }
    }

    @Test func `keeps apart bases that differ in i and l only`() throws {
        let list = Blocklist(bases: ["mail", "mall"])
        #expect(try isListed("mail", list))
        #expect(try isListed("mall", list))
        #expect(try isListed("ma11", list))
        #expect(try !isListed("maii", list))
    }

    @Test(arguments: [
        ("@", "a"), ("4", "a"), ("3", "e"), ("1", "i"), ("1", "l"), ("0", "o"), ("$", "s"),
        ("5", "s"), ("7", "t"),
    ])
    func `undoes the look-alike`(sign: String, letter: String) throws {
        let list = Blocklist(bases: ["x\(letter)x"])
        #expect(try isListed("X\(sign)X", list))
        #expect(try isListed("!!X\(sign)X99", list))
        #expect(try !isListed("X8X", list))
    }

    @Test func `is not slowed down by many look-alikes`() throws {
        let ones = String(repeating: "1", count: 254)
        let list = Blocklist(bases: ["x" + String(repeating: "il", count: 127) + "x", "y"])
        #expect(try isListed("x" + ones + "x", list))
        #expect(try !isListed("y" + ones + "y", list))
        #expect(try !isListed(String(repeating: "1", count: 256), list))
    }

    @Test func `may be empty`() throws {
        let list = Blocklist(bases: ["", "  "])
        #expect(list.count == 0)
        #expect(try !isListed("", list))
        #expect(try !isListed("azerty", list))
    }

    @Test func `compares without case in every script alike`() throws {
        let list = Blocklist(bases: ["straße", "λόγος", "diyarbakır", "ΐx"])
        for spelling in [
            "STRASSE", "Straße", "STRAẞE", "ΛΌΓΟΣ", "λόγοσ", "DIYARBAKIR", "\u{3AA}\u{301}X",
        ] {
            #expect(try isListed(spelling, list), "\(spelling)")
        }
    }
}

@Suite struct `What is known about a person` {
    let context = PasswordContext(
        serviceName: "Café Loquet", email: "jeanne.martin@example.org", displayName: "Jeanne  d’Arc"
    )

    @Test(arguments: [
        "café loquet", "Cafe\u{301}\u{A0}Loquet2024!", "jeanne.martin", "Jeanne.Martin",
        "J3@nn3.m@r71n",
        "Jeanne1234!", "d’Arc2024!", "JEANNE  D’ARC",
    ])
    func `is a listed base`(password: String) throws {
        #expect(try isListed(password, context: context))
    }

    @Test(arguments: [
        "jeanne.martin@example.org", "example.org", "loquet-jeanne", "martinette", "Abcdef1!",
    ])
    func `is not a hit inside something longer`(password: String) throws {
        #expect(try !isListed(password, context: context))
    }

    @Test func `never matches when it is empty`() throws {
        let context = PasswordContext(serviceName: "", email: "@example.org", displayName: "   ")
        #expect(context.words.isEmpty)
        #expect(try !isListed("", context: context))
        #expect(try !isListed("1234!", context: context))
    }

    @Test func `counts the short parts of a name only together`() throws {
        let context = PasswordContext(displayName: "Li de Bo")
        #expect(try isListed("Li de Bo", context: context))
        #expect(try !isListed("Li123456!", context: context))
        #expect(try isListed("Li123456!", context: PasswordContext(displayName: "Li")))
    }

    @Test func `is all of an address without a sign, and all before the last one`() throws {
        #expect(try isListed("zorro", context: PasswordContext(email: "zorro")))
        #expect(
            try isListed("a@b", context: PasswordContext(email: "\"a@b\"@example.org")) == false)
        #expect(try isListed("a@b!", context: PasswordContext(email: "a@b!@example.org")))
    }

    @Test func `takes a text of any length`() {
        let long = String(repeating: "é ", count: 100_000)
        #expect(PasswordContext(serviceName: long, email: long, displayName: long).words.count == 0)
    }
}
