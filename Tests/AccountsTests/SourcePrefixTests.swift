import Accounts
import Testing

@Suite struct `The text of a network` {
    @Test(arguments: [
        "203.0.113.7", "203.0.113.0/24", "10.0.0.0/8", "0.0.0.0/0", "2001:db8:1::/48",
        "2001:db8:1:7::/64", "::/0", "2001:db8::1", "2001:db8::/127",
    ]) func `is read as it was written`(text: String) {
        #expect(SourcePrefix(parsing: text)?.text == text)
    }

    @Test(arguments: [
        "", "/24", "203.0.113.7/24", "203.0.113.0/32", "203.0.113.0/33", "203.0.113.0/024",
        "203.0.113.0/", "203.0.113.0/24/24", "203.0.113.0/-1", "2001:db8::/128", "2001:db8::/129",
        "2001:DB8::/48", "2001:db8:1:7::/48", "::ffff:203.0.113.0/120", "203.0.113.0/ 24",
    ]) func `is nothing else`(text: String) {
        #expect(SourcePrefix(parsing: text) == nil)
    }
}
