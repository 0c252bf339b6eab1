/// Everything of a request that came before its body, as the library read it.
struct RequestHead {
    let method: String
    /// As sent: path and query, escapes kept.
    let target: [UInt8]
    /// `HTTP/1.0` or `HTTP/1.1`.
    let version: String
    let headers: HeaderBlock
    /// Bytes that arrived, from the request line to the empty line.
    let wireBytes: Int
}

/// How the body of a request with a sound head is delimited.
enum BodyLength: Equatable {
    /// From `Content-Length`, or 0 without one.
    case known(Int)
    case chunked
}

extension RequestHead {
    /// The target up to the first `?`.
    var path: String {
        String(decoding: target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }

    /// Reads how the body is delimited, or `nil` when two servers could disagree about it.
    ///
    /// libmicrohttpd 0.9.75 forgives much even when told to be strict: with both `Content-Length`
    /// and `Transfer-Encoding` it executes what a proxy took for a body, a folded line renames its
    /// field, a NUL cuts a value short, bare line feeds pass. Request smuggling lives on exactly
    /// that, so whatever is not written in the one canonical way is refused.
    ///
    /// Source: RFC 9112 §2.2, §5, §6.1, §6.3.
    func bodyLength() -> BodyLength? {
        guard isCanonicalSize, isCanonicalTarget else { return nil }
        var hosts = 0
        var singles: Set<Int> = []
        var length: BodyLength?
        for index in 0..<headers.count {
            let name = headers.name(at: index)
            let value = headers.value(at: index)
            guard isToken(name), !value.contains(where: isControl) else { return nil }
            switch name.count {
            case 4 where equalIgnoringCase(name, "host"):
                hosts += 1
            case 14 where equalIgnoringCase(name, "content-length"):
                guard length == nil, let count = decimal(value) else { return nil }
                length = .known(count)
            case 17 where equalIgnoringCase(name, "transfer-encoding"):
                // HTTP/1.0 has no chunked coding: who sends it is not who it says it is.
                guard length == nil, equalIgnoringCase(value, "chunked"), version == "HTTP/1.1"
                else { return nil }
                length = .chunked
            default:
                // Read once by us and perhaps otherwise by a proxy: which of two counts?
                if let single = singleFields.firstIndex(where: { equalIgnoringCase(name, $0) }) {
                    guard singles.insert(single).inserted else { return nil }
                }
            }
        }
        return hosts == 1 ? length ?? .known(0) : nil
    }

    /// Whether the bytes that arrived are as many as the parts, written canonically, would take.
    /// Catches all that the library hides: bare line feeds, folded lines, text after a NUL, fields
    /// without a name, leading empty lines.
    ///
    /// A canonical head is `METHOD target HTTP/1.1\r\n`, then `name:value\r\n` for each field, then
    /// `\r\n`; with one space after every colon or after none.
    private var isCanonicalSize: Bool {
        let line = method.utf8.count + 1 + target.count + 11
        let bare = line + headers.byteCount + 3 * headers.count + 2
        return wireBytes == bare || wireBytes == bare + headers.count
    }

    /// Visible ASCII only, and no `%00`: nothing here has a NUL in its name, and C code further
    /// down would stop reading at it.
    private var isCanonicalTarget: Bool {
        var zeroEscape = 0
        for byte in target {
            guard (0x21...0x7e).contains(byte) else { return false }
            switch (zeroEscape, byte) {
            case (_, UInt8(ascii: "%")): zeroEscape = 1
            case (1, UInt8(ascii: "0")): zeroEscape = 2
            case (2, UInt8(ascii: "0")): return false
            default: zeroEscape = 0
            }
        }
        return true
    }
}

/// Fields that stand for one value and that answers depend on, beside the framing fields.
private let singleFields = ["authorization", "content-type", "idempotency-key", "expect"]

/// RFC 9110 §5.6.2: at least one character, none a delimiter.
func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy(isTokenByte)
}

/// What must not stand in a field value: line ends, NUL and the other control characters. A tab is
/// among them, although RFC 9110 §5.5 allows it, because no known client sends one.
func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }

private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"),
        UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"),
        UInt8(ascii: "|"), UInt8(ascii: "~"):
        true
    default:
        false
    }
}

/// Digits and nothing else; `Int.max` for a number that no body has.
private func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self)) ?? Int.max
}
