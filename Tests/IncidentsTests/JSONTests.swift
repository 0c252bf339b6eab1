import Foundation
import Incidents
import Testing

@Suite struct `A JSON text` {
    @Test func `is read back as what was written, whatever characters it holds`() throws {
        let text =
            String((0..<0x180).compactMap(Unicode.Scalar.init).map(Character.init)) + "\u{1F512}"
        let bytes = JSON.array([.string(text), .object([(text, .int(-1))])]).bytes
        let read = try JSONSerialization.jsonObject(with: Data(bytes)) as? [Any]
        let elements = try #require(read)
        #expect((elements[0] as? String)?.utf8.elementsEqual(text.utf8) == true)
        #expect((elements[1] as? [String: Int])?.values.first == -1)
    }

    @Test func `escapes what must be and nothing else`() {
        let text = "a\"b\\c\n\u{1F}\u{7F}/é"
        let expected = #""a\"b\\c\u000a\u001f\u007f/é""#
        #expect(String(decoding: JSON.string(text).bytes, as: UTF8.self) == expected)
    }

    @Test func `keeps the order of its members`() {
        let value = JSON.object([
            ("b", .bool(true)), ("a", .null), ("c", .array([])), ("d", .object([])),
            ("e", .int(.min)),
        ])
        #expect(
            String(decoding: value.bytes, as: UTF8.self)
                == #"{"b":true,"a":null,"c":[],"d":{},"e":-9223372036854775808}"#)
    }
}
