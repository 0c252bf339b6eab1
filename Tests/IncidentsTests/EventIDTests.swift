import Accounts
import Incidents
import Testing

// The first vector is RFC 9562, appendix A.6 (Internet Standards Process, Simplified BSD code).
@Suite struct `An event id` {
    @Test func `is a version 7 UUID`() {
        let time = Timestamp(milliseconds: 0x017F_22E2_79B0)
        let random: [UInt8] = [0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F]
        let id = EventID(at: time, random: random)
        #expect(id.text == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(id.time == time)
        #expect(time.rfc3339(.milliseconds) == "2022-02-22T19:22:22.000Z")
    }

    @Test func `fixes version and variant whatever the random bytes are`() throws {
        for byte in UInt8.min...UInt8.max {
            let id = EventID(at: start, random: [UInt8](repeating: byte, count: 10))
            #expect(id.bytes[6] >> 4 == 7 && id.bytes[8] >> 6 == 2)
            #expect(try #require(EventID(parsing: id.text)) == id)
            #expect(try #require(EventID(bytes: id.bytes)) == id)
        }
    }

    @Test func `sorts by time`() {
        let early = EventID(at: start, random: [UInt8](repeating: 255, count: 10))
        let late = EventID(
            at: start + .milliseconds(1), random: [UInt8](repeating: 0, count: 10))
        #expect(early.text < late.text)
    }

    @Test(arguments: [
        "", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398fa",
        "017f22e2-79b0-7cc3-98c4_dc0c0c07398f", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
    ]) func `is not parsed from anything else`(text: String) {
        #expect(EventID(parsing: text) == nil)
    }
}
