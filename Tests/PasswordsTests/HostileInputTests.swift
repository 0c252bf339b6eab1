@testable import Passwords
import SeededRandom
import Testing

/// What an attacker can send or write, at random from a seed: nothing may trap, and what is accepted
/// must be what it seems.
@Suite struct `Hostile input` {
    @Test func `is never a stored hash with two spellings`() throws {
        var random = Seeded(3)
        let salt = "AAECAwQFBgcICQoLDA0ODw"
        let whole = Array("$argon2id$v=19$m=64,t=2,p=1,keyid=AQIDBA$\(salt)$\(salt)".utf8)
        let symbols = Array("$,=+/AQgw0189mtpkeyid\u{0} ".utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let symbol = symbols.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = symbol
                case 1: bytes.insert(symbol, at: place)
                default: bytes.remove(at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let hash = try? PHCString(text) else { continue }
            #expect(hash.text == text)
            accepted += 1
        }
        #expect(accepted > 100, "the generator no longer reaches the parser's end")
    }

    @Test func `is judged or refused, whatever its bytes`() {
        var random = Seeded(4)
        let context = PasswordContext(serviceName: "Loquet", displayName: "Zoë 1l")
        var judged = 0
        for _ in 0..<5_000 {
            let bytes = random.text()
            do throws(PasswordInputError) {
                let password = try Password(utf8: bytes.span)
                let found = promise.violations(
                    of: password, context: context, blocklist: .builtIn)
                #expect(Set(found).count == found.count)
                judged += 1
            } catch {
                #expect(error == .invalidEncoding)
            }
        }
        #expect(judged > 1_000)
    }
}

extension Seeded {
    /// 0 ... 300 scalars of every plane, one time in two with a byte changed.
    fileprivate mutating func text() -> [UInt8] {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...300, using: &self) {
            let ceiling: UInt32 = [0x80, 0x250, 0x800, 0x3100, 0x1_0000, 0x11_0000][
                Int.random(in: 0..<6, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<ceiling, using: &self)) {
                text.append(scalar)
            }
        }
        var bytes = Array(String(text).utf8)
        if Bool.random(using: &self), let place = bytes.indices.randomElement(using: &self) {
            bytes[place] = UInt8.random(in: 0...255, using: &self)
        }
        return bytes
    }
}
