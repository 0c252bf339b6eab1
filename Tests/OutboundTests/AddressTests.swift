import Outbound
import Testing

@Suite struct `An address` {
    @Test(arguments: [
        "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.0", "172.31.255.255",
        "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.0", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::127.0.0.1", "64:ff9b::8.8.8.8",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff:ffff::1", "2001:db8::1", "2002:808:808::1",
        "3fff::1", "3fff:fff:ffff::1", "4000::1", "1fff::1", "fc00::1", "fdff::1", "fe80::1",
        "fec0::1", "ff02::1", "5f00::1",
    ]) func `is no host of the public Internet`(text: String) throws {
        #expect(try !#require(NetworkAddress(parsing: text)).isPublic)
    }

    @Test(arguments: [
        "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
        "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
        "203.0.112.255", "203.0.114.0", "223.255.255.255", "::ffff:8.8.8.8",
        "2000::1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "3ffe::1",
        "2a00:1450::1", "3fff:1000::1",
    ]) func `is public on the other side of each border`(text: String) throws {
        #expect(try #require(NetworkAddress(parsing: text)).isPublic)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "0x7f.1", "2130706433", "[::1]",
        "::1%lo",
        "1.2.3.4/8", "::1\u{0}", "1.2.3.4\u{0}", " 1.2.3.4", ":::", "12345::",
    ]) func `is not parsed from anything else`(text: String) {
        #expect(NetworkAddress(parsing: text) == nil)
    }
}

@Suite struct `A network` {
    @Test(
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("10.0.0.1", "10.0.0.1", "10.0.0.2"),
            ("0.0.0.0/0", "255.255.255.255", "::1"), ("fd00::/8", "fdff::1", "fc00::1"),
            ("::1", "::1", "::2"), ("::/0", "ffff::", nil), ("::ffff:0:0/96", "10.1.1.1", "::1"),
            ("127.0.0.0/31", "127.0.0.1", "127.0.0.2"),
        ] as [(String, String, String?)])
    func `holds what begins like it`(text: String, inside: String, outside: String?) throws {
        let network = try #require(Network(parsing: text))
        #expect(network.contains(try #require(NetworkAddress(parsing: inside))))
        if let outside {
            #expect(!network.contains(try #require(NetworkAddress(parsing: outside))))
        }
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "::1/129", "::1/64", "10.0.0.0/+8",
        "10.0.0.0/8/8", "10.0.0.0/0008", "localhost",
    ]) func `is not parsed from anything else`(text: String) {
        #expect(Network(parsing: text) == nil)
    }
}

@Suite struct `A rule of addresses` {
    @Test func `admits public ones and the exceptions it was given`() throws {
        let inside = try #require(NetworkAddress(parsing: "10.1.2.3"))
        let mapped = try #require(NetworkAddress(parsing: "::ffff:10.1.2.3"))
        let other = try #require(NetworkAddress(parsing: "10.2.0.0"))
        let outside = try #require(NetworkAddress(parsing: "8.8.8.8"))
        let rule = AddressRule(publicAnd: [try #require(Network(parsing: "10.1.0.0/16"))])
        #expect(rule.admits(inside) && rule.admits(mapped) && rule.admits(outside))
        #expect(!rule.admits(other))
        #expect(!AddressRule(publicAnd: []).admits(inside))
        #expect(AddressRule.everywhere.admits(inside))
    }
}
