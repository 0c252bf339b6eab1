import Accounts
import SeededRandom
import Testing

@Suite struct `An opaque id` {
    @Test func `is its prefix and 26 characters`() {
        #expect(
            AccountID(bytes: [UInt8](repeating: 0, count: 16)).text
                == "acc_00000000000000000000000000")
        #expect(
            SessionID(bytes: [UInt8](repeating: 255, count: 16)).text
                == "ses_7zzzzzzzzzzzzzzzzzzzzzzzzz")
    }

    @Test func `survives text and storage`() throws {
        var random = Seeded(2)
        for _ in 0..<1_000 {
            let bytes = random.bytes(16)
            let id = AccountID(bytes: bytes)
            #expect(id.bytes == bytes)
            #expect(try #require(AccountID(parsing: id.text)) == id)
        }
    }

    @Test(arguments: [
        "", "acc_", "acc_0000000000000000000000000", "acc_000000000000000000000000000",
        "ses_00000000000000000000000000", "ACC_00000000000000000000000000",
        "acc_0000000000000000000000000A", "acc_0000000000000000000000000i",
        "acc_0000000000000000000000000l", "acc_0000000000000000000000000o",
        "acc_0000000000000000000000000u", "acc_80000000000000000000000000",
        " acc_0000000000000000000000000", "acc_000000000000000000000000é",
    ]) func `is not parsed from anything else`(text: String) {
        #expect(AccountID(parsing: text) == nil)
    }
}
