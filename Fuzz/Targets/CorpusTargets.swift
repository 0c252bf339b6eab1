import Passwords
import Service

/// A sound corpus with eight-byte patches on it: it is refused, or every look-up stays inside it and
/// the ones that were there before a patch of nothing are still found.
///
/// The digest is left out: with it no patch would ever come further.
func corpusFile(_ bytes: [UInt8]) {
    var image = soundCorpus.bytes
    var rest = bytes[...]
    while rest.count >= 10 {
        let place = (Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])) % image.count
        for (index, byte) in rest.dropFirst(2).prefix(8).enumerated()
        where place + index < image.count {
            image[place + index] = byte
        }
        rest = rest.dropFirst(10)
    }
    // What is left over is cut off the end.
    image.removeLast(min(image.count, rest.count))
    do {
        let header = image.span.extracting(0..<min(image.count, CorpusLayout.pageBytes))
        let layout = try CorpusLayout(header: header)
        // Before anything is read, a file of another size is refused.
        guard image.count == layout.fileBytes else { return }
        try layout.check(image.span)
        for bits in [0, 1, UInt64.max, 1 << 63] + soundCorpus.keys.map(\.bits) {
            _ = layout.contains(CorpusKey(bits: bits), in: image.span)
        }
        try layout.checkOrder(image.span)
        if image == soundCorpus.bytes {
            for key in soundCorpus.keys { precondition(layout.contains(key, in: image.span)) }
        }
    } catch {
        precondition(!error.text.isEmpty)
        precondition(image != soundCorpus.bytes, "a sound corpus is refused")
    }
}

/// A line of digests is refused or has its key in its first 16 digits, in either case alike.
func corpusLine(_ bytes: [UInt8]) {
    _ = CorpusLine.password(bytes.span)
    guard let (key, count) = CorpusLine.digest(bytes.span) else { return }
    let lower = bytes.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
    let again = CorpusLine.digest(lower.span)
    precondition(again?.key == key && again?.seenCount == count)
    let text = String(key.bits, radix: 16)
    let padded = String(repeating: "0", count: 16 - text.utf8.count) + text
    precondition(lower.starts(with: padded.utf8), "another key")
}

/// A word file is refused by a line that it has, or every word of it is one that a list then finds.
func wordFile(_ bytes: [UInt8]) {
    do {
        let words = try WordFile.words(in: bytes)
        let list = Blocklist(bases: words)
        precondition(list.count <= words.count)
        for word in words {
            let password = try Password(word)
            let found = policy.violations(of: password, context: .none, blocklist: list)
            precondition(found.contains(.blocklisted), "a listed word is not found")
        }
    } catch let error as WordFileError {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
        precondition((1...lines).contains(error.line), "a line that is not there")
    } catch {
        preconditionFailure("a word that is no password")
    }
}

/// French is chosen only where the field names it or refuses English.
func acceptLanguage(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    let language = Language(acceptLanguage: text)
    guard language == .french else { return }
    precondition(
        text.lowercased().contains("fr") || text.contains("*"), "nobody asked for French")
}

private let policy: PasswordPolicy = {
    do {
        return try PasswordPolicy(json5: PolicyLibrary.shipped[0].data)
    } catch {
        preconditionFailure("a shipped policy is refused")
    }
}()

/// A thousand entries in memory.
private let soundCorpus: (bytes: [UInt8], keys: [CorpusKey]) = {
    // Evenly spread, as digests are: multiples of a large odd number.
    let keys = (1...1_000).map { CorpusKey(bits: UInt64($0) &* 0x9E37_79B9_7F4A_7C15) }.sorted()
    do {
        return (try corpusImage(of: keys), keys)
    } catch {
        preconditionFailure("a sound corpus cannot be laid out")
    }
}()
