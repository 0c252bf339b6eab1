import Testing

@testable import Service

@Suite struct `The JSON reader` {
    @Test(arguments: [
        (#"{"a":1,"b":[true,null,"x"]}"#, #"{"a":1,"b":[true,null,"x"]}"#),
        (#" { "a" : -0 } "#, #"{"a":0}"#),
        (#"{"é":"\u00e9\ud83d\ude00\/"}"#, #"{"é":"é😀/"}"#),
        ("1.5", "1.5"), ("0.0e-999", "0.0"),
        ("9223372036854775807", "9223372036854775807"),
    ])
    func `reads what RFC 8259 allows`(text: String, written: String) throws {
        let value = try JSONReader.read(Array(text.utf8))
        #expect(String(decoding: value.bytes, as: UTF8.self) == written)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", #"{"a":1,}"#, "01", "1.", "+1", "tru", "nul", #""\x""#, #""\ud800""#,
        #""\ud800\u0041""#, "\"\u{1}\"", "\u{FEFF}{}", "{}{}", "1e999", "1e-999", #"{"a"}"#,
        "{a:1}", "'x'",
    ])
    func `refuses what it does not`(text: String) {
        #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `refuses a name that is there twice, however it is escaped`() {
        #expect(throws: JSONError.duplicate(field: "ab")) {
            try JSONReader.read(Array(#"{"ab":1,"\u0061b":2}"#.utf8))
        }
    }

    @Test func `refuses bytes that are not UTF-8`() {
        #expect(throws: JSONError.invalidUTF8(offset: 1)) {
            try JSONReader.read([0x22, 0xC3, 0x28, 0x22])
        }
    }

    @Test func `follows eight levels and not nine`() throws {
        let deepest = String(repeating: "[", count: 8) + String(repeating: "]", count: 8)
        _ = try JSONReader.read(Array(deepest.utf8))
        #expect(throws: JSONError.tooDeep(offset: 8)) {
            try JSONReader.read(Array(("[" + deepest + "]").utf8))
        }
    }
}
