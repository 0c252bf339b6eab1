/// An answer with a Content-Length, as this service's have.
struct HTTPAnswer {
    let status: Int
    let body: String

    /// `nil` while something is missing.
    init?(_ bytes: ArraySlice<UInt8>) throws {
        guard let end = endOfHead(bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        let lengths = lines.compactMap { line in
            line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
        }
        guard words.count > 1, let status = Int(words[1]), let length = lengths.first else {
            throw BenchError(text: "the answer is not one this client can read")
        }
        let whole = end + 4 + length
        guard bytes.endIndex >= whole else { return nil }
        self.status = status
        body = String(decoding: bytes[(end + 4)..<whole], as: UTF8.self)
    }
}

private func endOfHead(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= 4 else { return nil }
    return (bytes.startIndex...(bytes.endIndex - 4)).first { index in
        bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13
            && bytes[index + 3] == 10
    }
}
