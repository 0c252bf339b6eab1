/// The header fields of one request, in the order they came, in one buffer and one index: a request
/// costs two allocations however many fields it has, and a name becomes a `String` only when asked.
struct HeaderBlock: Sendable {
    /// Names and values, one after the other, without separators.
    private var bytes: [UInt8] = []
    private var fields: [Field] = []

    private struct Field {
        let start: Int
        let nameEnd: Int
        let valueEnd: Int
    }

    init() {
        // What a browserless client sends fits: fewer than a dozen fields.
        bytes.reserveCapacity(512)
        fields.reserveCapacity(12)
    }

    var count: Int { fields.count }

    /// Bytes of all names and values together.
    var byteCount: Int { bytes.count }

    mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        let start = bytes.count
        unsafe bytes.append(contentsOf: name)
        let nameEnd = bytes.count
        unsafe bytes.append(contentsOf: value)
        fields.append(Field(start: start, nameEnd: nameEnd, valueEnd: bytes.count))
    }

    func name(at index: Int) -> ArraySlice<UInt8> {
        bytes[fields[index].start..<fields[index].nameEnd]
    }

    func value(at index: Int) -> ArraySlice<UInt8> {
        bytes[fields[index].nameEnd..<fields[index].valueEnd]
    }

    /// The first field of that name, in any case; bytes that are not UTF-8 become U+FFFD. Without
    /// the spaces after it, which the library leaves there (it removes those before).
    func value(of name: String) -> String? {
        for index in fields.indices where equalIgnoringCase(self.name(at: index), name) {
            var value = value(at: index)
            while value.last == UInt8(ascii: " ") { value.removeLast() }
            return String(decoding: value, as: UTF8.self)
        }
        return nil
    }
}

/// ASCII letters in either case are equal, every other byte only to itself.
func equalIgnoringCase(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
    let other = text.utf8
    guard bytes.count == other.count else { return false }
    for (left, right) in zip(bytes, other) where lowercased(left) != lowercased(right) {
        return false
    }
    return true
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
