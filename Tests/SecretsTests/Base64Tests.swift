// Vectors: RFC 4648 §10 (IETF Trust), without their padding, which this codec does not have.

import Secrets
import Testing

@Suite struct `Unpadded base64` {
    static let vectors = [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors) func `writes and reads the published vectors`(
        plain: String, encoded: String
    ) {
        for alphabet in [Base64.Alphabet.standard, .url] {
            #expect(Base64.encode(Array(plain.utf8), alphabet) == encoded)
            #expect(Base64.decode(encoded.utf8, alphabet) == Array(plain.utf8))
        }
    }

    @Test func `keeps its two alphabets apart`() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF]
        #expect(Base64.encode(bytes, .standard) == "+/+/")
        #expect(Base64.encode(bytes, .url) == "-_-_")
        #expect(Base64.decode("+/+/".utf8, .url) == nil)
        #expect(Base64.decode("-_-_".utf8, .standard) == nil)
    }

    @Test(arguments: [
        "Zg==", "Zm8=", "=", "Z", "Zm9vY", "Zm9v Yg", "Zm9v\n", "Zm\u{0}v", "Zm9é", "Zh", "Zm9",
        "Zg.",
    ])
    func `refuses padding, white space, strangers, stray bits and impossible lengths`(
        text: String
    ) {
        #expect(Base64.decode(text.utf8, .standard) == nil)
        #expect(Base64.decode(text.utf8, .url) == nil)
    }

    @Test func `has one spelling for every value`() {
        let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for first in symbols {
            for second in symbols {
                let text = [first, second]
                guard let bytes = Base64.decode(text, .standard) else { continue }
                #expect(Array(Base64.encode(bytes, .standard).utf8) == text)
            }
        }
    }

    @Test func `gives back random bytes of every length`() {
        for count in 0...100 {
            let bytes = SystemRandom.bytes(count: count)
            for alphabet in [Base64.Alphabet.standard, .url] {
                let text = Base64.encode(bytes, alphabet)
                #expect(Base64.decode(text.utf8, alphabet) == bytes)
                #expect(text.utf8.count == (count * 4 + 2) / 3)
            }
        }
    }
}
