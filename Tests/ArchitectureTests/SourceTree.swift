import Foundation
import Testing

/// The repository's own files, read as text.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// From the repository's root: `Sources/Secrets/Secret.swift`.
    let path: String
    let lines: [Substring]

    var testDescription: String { path }

    /// The folder under `Sources` or `Tests`.
    var module: String { String(path.split(separator: "/")[1]) }

    /// Lines without comments, numbered from 1.
    var code: [(number: Int, text: String)] {
        lines.enumerated().compactMap { index, line in
            let text = line.trimmingCharacters(in: .whitespaces)
            return text.hasPrefix("//") || text.hasPrefix("///") ? nil : (index + 1, String(line))
        }
    }

    /// Modules that this file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                words[..<position].allSatisfy({ $0.hasPrefix("@") || $0 == "package" })
            else { return nil }
            return String(words[position + 1])
        }
    }

    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// Every Swift file below a folder of the root.
    static func all(in folder: String) throws -> [SourceFile] {
        let base = root + "/" + folder
        let names = try FileManager.default.subpathsOfDirectory(atPath: base)
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = try String(contentsOfFile: base + "/" + name, encoding: .utf8)
            return SourceFile(
                path: folder + "/" + name,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
