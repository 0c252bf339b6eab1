import Accounts
import SeededRandom
import Testing

// The IPv6 texts are those of RFC 5952 §§1-5 and RFC 4291 §2.2.
@Suite struct `A source address` {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("203.0.113.7", "203.0.113.7"),
        ("255.255.255.255", "255.255.255.255"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"),
        ("2001:db8::0:1", "2001:db8::1"), ("2001:DB8:AAAA::1", "2001:db8:aaaa::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("0:0:0:0:0:0:0:0", "::"), ("1:0:0:0:0:0:0:0", "1::"),
        ("::ffff:203.0.113.7", "203.0.113.7"), ("::FFFF:cb00:7107", "203.0.113.7"),
        ("0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"), ("::203.0.113.7", "::cb00:7107"),
        ("64:ff9b::203.0.113.7", "64:ff9b::cb00:7107"), ("::1:0:0:0", "::1:0:0:0"),
    ]) func `has one text`(spelling: String, text: String) throws {
        let address = try #require(SourceAddress(parsing: spelling))
        #expect(address.text == text)
        #expect(SourceAddress(parsing: text) == address)
    }

    @Test(arguments: [
        "", ".", ":", ":::", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.",
        ".1.2.3", "1..2.3", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4", "1.2.3.+4", "1.2.3.-4", "16909060",
        "1.2.3.4:80", "1.2.3.4/24", "1.2.3.1000", "１.2.3.4", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1::2::3", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:", "12345::", "g::", "::1%eth0", "[::1]", "::1/64", "::ffff:1.2.3",
        "::ffff:1.2.3.4.5", "::ffff:01.2.3.4", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
        "+1::", "::-1", "::1 ", "0000:0000:0000:0000:0000:ffff:255.255.255.2555",
    ]) func `is not parsed from anything else`(text: String) {
        #expect(SourceAddress(parsing: text) == nil)
    }

    @Test func `survives its text whatever it is`() {
        var random = Seeded(5)
        for _ in 0..<2_000 {
            var bits = UInt128(random.next()) << 64 | UInt128(random.next())
            // Runs of zero groups are what the text is tricky about.
            for group in 0..<8 where Bool.random(using: &random) {
                bits &= ~(UInt128(0xFFFF) << UInt128(16 * group))
            }
            let address = SourceAddress(bits: bits)
            #expect(SourceAddress(parsing: address.text) == address)
        }
    }

    @Test func `belongs to a narrow and a wide network`() throws {
        let four = try #require(SourceAddress(parsing: "203.0.113.7"))
        #expect(four.narrow.text == "203.0.113.7")
        #expect(four.wide.text == "203.0.113.0/24")
        let six = try #require(SourceAddress(parsing: "2001:db8:1:2:3:4:5:6"))
        #expect(six.narrow.text == "2001:db8:1:2::/64")
        #expect(six.wide.text == "2001:db8:1::/48")
        #expect(six.wide.contains(six))
        #expect(!six.wide.contains(four))
        let neighbour = try #require(SourceAddress(parsing: "2001:db8:1:2:ffff::"))
        #expect(neighbour.narrow == six.narrow)
        let stranger = try #require(SourceAddress(parsing: "2001:db8:1:3::"))
        #expect(stranger.narrow != six.narrow)
        #expect(stranger.wide == six.wide)
    }

    @Test func `can be cut to nothing and not at all`() throws {
        let address = try #require(SourceAddress(parsing: "2001:db8::1"))
        #expect(SourcePrefix(address, length: 0).text == "::/0")
        #expect(SourcePrefix(address, length: 128).text == "2001:db8::1")
    }
}
