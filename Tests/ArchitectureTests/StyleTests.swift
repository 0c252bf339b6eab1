import Testing

/// Files that may be longer than 400 lines, with the reason.
private let longFiles: [String: String] = [:]

@Suite struct `The code` {
    @Test(arguments: ["Sources", "Tests", "Fuzz"])
    func `has no file over 400 lines`(folder: String) throws {
        for file in try SourceFile.all(in: folder) where longFiles[file.path] == nil {
            #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func `has no function over 70 lines`() throws {
        for file in try SourceFile.all(in: "Sources") {
            for function in functions(in: file) {
                #expect(
                    function.lines <= 70,
                    "\(file.path):\(function.start) is \(function.lines) lines long")
            }
        }
    }

    @Test(arguments: [
        "try?", "try!", "as!", "fatalError", "async ", "await ", "TODO", "FIXME", "XXX",
        "nonisolated(unsafe)",
    ])
    func `does without`(word: String) throws {
        for file in try SourceFile.all(in: "Sources") {
            for (number, text) in file.code {
                #expect(!text.contains(word), "\(file.path):\(number)")
            }
        }
    }

    @Test func `declares no actor and nothing public`() throws {
        let declared = ["func", "struct", "class", "enum", "var", "let", "init", "extension"]
        for file in try SourceFile.all(in: "Sources") {
            for (number, text) in file.code {
                let words = text.split(separator: " ").map(String.init)
                guard words.count > 1 else { continue }
                let isPublic = ["public", "open"].contains(words[0]) && declared.contains(words[1])
                let isActor = words[0] == "actor" && words.last == "{"
                #expect(!isPublic && !isActor, "\(file.path):\(number)")
            }
        }
    }

    @Test func `names files after ideas`() throws {
        let empty = ["Utils", "Helpers", "Manager", "Base.", "Impl", "Misc", "Common."]
        for file in try SourceFile.all(in: "Sources") {
            #expect(!empty.contains { file.path.contains($0) }, "\(file.path)")
        }
    }

    @Test func `says for each unchecked promise what makes it true`() throws {
        for file in try SourceFile.all(in: "Sources") {
            guard file.code.contains(where: { $0.text.contains("@unchecked Sendable") }) else {
                continue
            }
            let comments = file.lines.filter { $0.contains("//") }.joined(separator: "\n")
            #expect(comments.contains("@unchecked"), "\(file.path)")
        }
    }
}

/// Functions and initialisers with a body, by the indentation that the formatter enforces.
private func functions(in file: SourceFile) -> [(start: Int, lines: Int)] {
    var found: [(start: Int, lines: Int)] = []
    for (index, line) in file.lines.enumerated() {
        let text = line.drop { $0 == " " }
        let words = text.split(separator: " ")
        guard words.contains("func") || text.contains(" init(") || text.hasPrefix("init(") else {
            continue
        }
        // A requirement of a protocol has no body.
        let head = file.lines[index...].prefix { !$0.isEmpty }
        guard head.contains(where: { $0.hasSuffix("{") }) else { continue }
        let closing = String(repeating: " ", count: line.count - text.count) + "}"
        let rest = file.lines[index...].prefix(400)
        if let end = rest.firstIndex(where: { $0 == closing[...] }) {
            found.append((index + 1, end - index + 1))
        }
    }
    return found
}
