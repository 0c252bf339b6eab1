import Foundation
import Glibc
import Passwords
import Secrets
import SeededRandom
import Service
import Testing

/// A line as the download has it: the key is its first 16 digits.
private func line(_ key: UInt64, _ count: Int = 1) -> String {
    let digits = String(key, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    return padded + "00112233445566778899AABB:\(count)\n"
}

private func build(
    _ content: String, _ folder: TemporaryFolder,
    _ form: CorpusBuild.Form = .digests(minimumCount: 1),
    named name: String = "corpus", runKeysMax: Int? = nil
) throws -> CorpusBuild.Outcome {
    let input = try folder.file("\(name).txt", content)
    return try CorpusBuild(form, to: folder.path(name), runKeysMax: runKeysMax).run([input])
}

private func refusal(of path: String) -> CorpusError? {
    do {
        _ = try CorpusFile(path)
        return nil
    } catch {
        return error
    }
}

@Suite struct `A corpus of breached passwords` {
    @Test func `answers as a plain search does`() throws {
        var random = Seeded(5)
        let folder = try TemporaryFolder()
        let keys = (0..<30_000).map { _ in random.next() }
        _ = try build(keys.map { line($0) }.joined(), folder)
        let corpus = try CorpusFile(folder.path("corpus"))
        try corpus.checkOrder()
        let sorted = Set(keys)
        var hits = 0
        for round in 0..<100_000 {
            // Members, their neighbours, and anything.
            let probe =
                switch round % 3 {
                case 0: keys[Int.random(in: 0..<keys.count, using: &random)]
                case 1: keys[Int.random(in: 0..<keys.count, using: &random)] &+ 1
                default: random.next()
                }
            let found = corpus.contains(CorpusKey(bits: probe))
            if found != sorted.contains(probe) { Issue.record("\(probe)") }
            hits += found ? 1 : 0
        }
        #expect(hits > 30_000)
    }

    @Test func `touches one page of the index and one of the data in a look-up`() throws {
        var random = Seeded(6)
        for count in [1, 2, 700, 60_000] {
            let keys = (0..<count).map { _ in CorpusKey(bits: random.next()) }.sorted()
            let image = try corpusImage(of: keys)
            let layout = try CorpusLayout(header: image.span.extracting(..<CorpusLayout.pageBytes))
            try layout.check(image.span)
            for key in keys + (0..<1_000).map({ _ in CorpusKey(bits: random.next()) }) {
                let slot = layout.slotPlace(of: key)
                let entries = layout.entriesPlace(layout.slot(of: key, in: image.span))
                var pages = Set([page(slot.lowerBound), page(slot.upperBound - 1)])
                #expect(pages.count == 1)
                if !entries.isEmpty {
                    pages.formUnion([page(entries.lowerBound), page(entries.upperBound - 1)])
                }
                #expect(pages.count <= 2)
                #expect(entries.upperBound <= image.count && slot.upperBound <= image.count)
            }
        }
    }

    private func page(_ offset: Int) -> Int { offset / CorpusLayout.pageBytes }

    @Test func `is the same file whatever the order and the number of runs`() throws {
        var random = Seeded(7)
        let folder = try TemporaryFolder()
        var keys = (0..<5_000).map { _ in random.next() }
        keys += keys.prefix(500)
        let shuffled = keys.map { line($0) }.joined()
        let ordered = keys.sorted().map { line($0).lowercased() }.joined()
        let versions = [
            try build(shuffled, folder, named: "a").version,
            try build(shuffled, folder, named: "b", runKeysMax: 7).version,
            try build(ordered, folder, named: "c", runKeysMax: 64).version,
            try build(ordered.replacingOccurrences(of: "\n", with: "\r\n"), folder, named: "d")
                .version,
        ]
        #expect(Set(versions).count == 1)
        let files = try ["a", "b", "c", "d"].map {
            try Data(contentsOf: URL(fileURLWithPath: folder.path($0)))
        }
        #expect(Set(files).count == 1)
        #expect(try CorpusFile(folder.path("a")).layout.entryCount == 5_000)
        #expect(try CorpusFile(folder.path("a")).version == versions[0])
    }

    @Test func `leaves out what was seen too rarely`() throws {
        let folder = try TemporaryFolder()
        let outcome = try build(
            line(1 << 60, 9) + line(2 << 60, 10) + line(3 << 60, 11), folder,
            .digests(minimumCount: 10))
        #expect(outcome.rareCount == 1 && outcome.lineCount == 3)
        let corpus = try CorpusFile(folder.path("corpus"))
        #expect(!corpus.contains(CorpusKey(bits: 1 << 60)))
        #expect(corpus.contains(CorpusKey(bits: 2 << 60)))
    }

    @Test func `is made of plain passwords in their normal form`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("list")
        let bytes =
            Array("E\u{301}clair1!\r\nAbcdef1!\n\n".utf8) + [0xFF, 0x0A]
            + [UInt8](repeating: 0x61, count: 5_000) + [0x0A] + Array("last".utf8)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let outcome = try CorpusBuild(.passwords, to: folder.path("corpus")).run([path])
        // The empty line, the one that is not UTF-8, and the one that is too long.
        #expect(outcome.layout.entryCount == 3 && outcome.unusableCount == 3)
        let corpus = try CorpusFile(folder.path("corpus"))
        for text in ["Éclair1!", "Abcdef1!", "last"] {
            #expect(corpus.contains(CorpusKey(of: try Password(text))))
        }
        #expect(!corpus.contains(CorpusKey(of: try Password("Abcdef1"))))
    }

    @Test func `holds many that begin alike, as a part of the download has`() throws {
        let folder = try TemporaryFolder()
        let keys = (0..<2_000).map { UInt64(0xABCDE) << 44 | UInt64($0) << 30 }
        let outcome = try build(keys.map { line($0) }.joined(), folder)
        #expect(outcome.layout.prefixBits > 20)
        let corpus = try CorpusFile(folder.path("corpus"))
        for key in keys { #expect(corpus.contains(CorpusKey(bits: key))) }
    }

    @Test func `is not made of what is no digest of passwords`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CorpusError.self) {
            try build((1...1_000).map { line($0) }.joined(), folder)
        }
        #expect(throws: CorpusError.empty) { try build("", folder) }
        #expect(throws: CorpusError.empty) {
            try build(line(1 << 60), folder, .digests(minimumCount: 2))
        }
        let expected = "40 hexadecimal digits, or these, a colon and a whole number"
        let path = folder.path("corpus.txt")
        for bad in [
            "\n", "12:3\n", line(1).replacingOccurrences(of: "0", with: "g"), "x" + line(2),
        ] {
            #expect(throws: CorpusError.line(2, of: path, expected: expected)) {
                try build(line(1 << 60) + bad + line(2 << 60), folder)
            }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
        #expect(left == ["corpus.txt"], "a build that failed leaves nothing behind")
    }

    @Test func `is replaced as a whole, and used as it was by who has it open`() throws {
        let folder = try TemporaryFolder()
        _ = try build(line(1 << 60), folder)
        let open = try CorpusFile(folder.path("corpus"))
        _ = try build(line(2 << 60), folder)
        let anew = try CorpusFile(folder.path("corpus"))
        #expect(open.contains(CorpusKey(bits: 1 << 60)))
        #expect(!open.contains(CorpusKey(bits: 2 << 60)))
        #expect(anew.contains(CorpusKey(bits: 2 << 60)))
        #expect(open.version != anew.version)
    }
}

@Suite struct `A damaged corpus` {
    /// One that is sound, changed by `change`, is refused with this.
    private func refusal(_ change: (inout [UInt8]) -> Void) throws -> CorpusError? {
        var random = Seeded(8)
        let folder = try TemporaryFolder()
        _ = try build((0..<1_000).map { _ in line(random.next()) }.joined(), folder)
        let url = URL(fileURLWithPath: folder.path("corpus"))
        var bytes = [UInt8](try Data(contentsOf: url))
        change(&bytes)
        try Data(bytes).write(to: url)
        return ServiceTests.refusal(of: url.path)
    }

    @Test func `is refused, whichever byte is another`() throws {
        #expect(try refusal { _ in } == nil)
        for place in [40, 4_096, 4_100, 8_192, 12_000] {
            #expect(try refusal { $0[place] ^= 1 } == .damaged, "\(place)")
        }
        #expect(try refusal { $0[0] ^= 1 } == .notACorpus)
        #expect(try refusal { $0[8] = 2 } == .formatVersion(2))
        for place in [64, 4_095] {
            #expect(
                try refusal { $0[place] = 1 } == .malformed("something behind the header"))
        }
        #expect(try refusal { $0[16] ^= 1 } == .damaged)
    }

    @Test func `is refused when it is no file, without waiting for anybody to write it`() throws {
        let folder = try TemporaryFolder()
        try #require(unsafe mkfifo(folder.path("pipe"), 0o600) == 0)
        let expected = CorpusError.unreadable("it is not a regular file")
        #expect(ServiceTests.refusal(of: folder.path("pipe")) == expected)
    }

    @Test func `is refused when it is cut off or was added to`() throws {
        let whole = 4_096 + 4_096 + 2 * 4_096
        #expect(try refusal { $0.removeLast() } == .size(bytes: whole - 1, expected: whole))
        #expect(
            try refusal { $0.removeLast(4_096) } == .size(bytes: whole - 4_096, expected: whole))
        #expect(try refusal { $0.append(0) } == .size(bytes: whole + 1, expected: whole))
        #expect(try refusal { $0.removeLast($0.count - 4_095) } == .notACorpus)
        #expect(try refusal { $0 = [] } == .notACorpus)
    }

    @Test func `is refused also when its digest was made to fit`() throws {
        let refused = try refusal { bytes in
            // The first bucket begins where the second one does.
            bytes.replaceSubrange(4_096..<4_104, with: [0, 0, 0, 0, 9, 0, 1, 0])
            bytes.replaceSubrange(32..<64, with: [UInt8](repeating: 0, count: 32))
            let digest = Digest.sha256(of: bytes)
            bytes.replaceSubrange(32..<64, with: digest.bytes)
        }
        #expect(refused == .malformed("a bucket out of place"))
    }

    @Test func `is named with its reason at start`() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path("none"), folder.path(""), try folder.file("text", "not a corpus")]
        {
            var configuration = Configuration()
            configuration.corpusFile = path
            #expect {
                try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
            } throws: { error in
                guard case StartError.configuration(let text) = error else { return false }
                return text.hasPrefix("corpus.file: \(path): it ")
            }
        }
    }
}

@Suite struct `A service with a corpus` {
    @Test func `refuses what is in it wherever a password is set or checked`() throws {
        let folder = try TemporaryFolder()
        let list = try folder.file("list", "Xq-Breached-1\nUn-Autre-2\n")
        _ = try CorpusBuild(.passwords, to: folder.path("corpus")).run([list])
        let service = try RunningService { $0.corpusFile = folder.path("corpus") }
        #expect(codes(try service.register(Person(password: "Xq-Breached-1"))) == ["breached"])
        let check = try service.call(
            "POST", "/v1/password-checks", key: service.keys.appKey,
            ["password": "Xq-Breached-1"])
        #expect(codes(check) == ["breached"])
        #expect(check.json["accepted"] == false)
        let person = Person()
        #expect(try service.register(person).status == 201)
        let session = try #require(
            try service.signIn(person).json["session"]?["token"]?.string)
        let change = try service.call(
            "PUT", "/v1/account/password", key: session,
            [
                "current_password": .string(person.password), "new_password": "Un-Autre-2",
            ])
        #expect(change.status == 422)
        #expect(codes(change) == ["breached"])
    }

    @Test func `refuses the operator's words`() throws {
        let folder = try TemporaryFolder()
        let one = try folder.file("one", "# ours\nZephyrine\n")
        let two = try folder.file("two", "Brumaire\r\n")
        let service = try RunningService { $0.blocklistFiles = [one, two] }
        for password in ["Zephyrine1!", "Z3phyr1n3!A"] {
            let found = codes(try service.register(Person(password: password)))
            #expect((found == ["blocklisted"]) == (password == "Zephyrine1!"), "\(password)")
        }
        #expect(codes(try service.register(Person(password: "Brumaire_2"))) == ["blocklisted"])
        #expect(codes(try service.register(Person(password: "Azerty123!"))) == ["blocklisted"])
    }

    @Test func `names the file and the line of a word that is none`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("words", "one\n\nt\u{200B}wo\n")
        var configuration = Configuration()
        configuration.blocklistFiles = [path]
        #expect {
            try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
        } throws: { error in
            guard case StartError.configuration(let text) = error else { return false }
            return text.hasPrefix("blocklist.files: \(path), line 3: ")
        }
        configuration.blocklistFiles = [folder.path("none")]
        #expect {
            try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
        } throws: { error in
            guard case StartError.configuration(let text) = error else { return false }
            return text.hasPrefix("blocklist.files: cannot read ")
        }
    }

    @Test func `takes half a million words and 16 MiB, and nothing beyond`() throws {
        let folder = try TemporaryFolder()
        let most = String(repeating: "zorglub\n", count: Screening.wordsMax)
        let one = try folder.file("one", "dernier")
        var configuration = Configuration()
        configuration.blocklistFiles = [try folder.file("most", most)]
        #expect(try Screening(configuration).blocklist.count == Blocklist.builtIn.count + 1)
        configuration.blocklistFiles.append(one)
        #expect {
            try Screening(configuration)
        } throws: { error in
            guard case StartError.configuration(let text) = error else { return false }
            return text == "blocklist.files: \(one): more than 500000 words in all"
        }
        let full = "#" + String(repeating: "x", count: WordFile.bytesMax - 1)
        configuration.blocklistFiles = [try folder.file("full", full)]
        #expect(try Screening(configuration).blocklist.count == Blocklist.builtIn.count)
        configuration.blocklistFiles = [try folder.file("over", full + "x")]
        #expect {
            try Screening(configuration)
        } throws: { error in
            guard case StartError.configuration(let text) = error else { return false }
            return text.hasSuffix("over: it is larger than 16777216 bytes")
        }
    }
}
