package import Passwords

/// What passwords are held against besides the rule: the list of common ones with the operator's
/// words, and a corpus of breached ones.
package struct Screening: Sendable {
    /// Words of all files together: half a million take 60 MB and half a second at start.
    package static let wordsMax = 500_000

    package let blocklist: Blocklist
    /// `nil` where none is configured.
    package let corpus: (any BreachCorpus)?

    package init(blocklist: Blocklist = .builtIn, corpus: (any BreachCorpus)? = nil) {
        self.blocklist = blocklist
        self.corpus = corpus
    }

    /// Reads what the configuration names.
    ///
    /// - Throws: naming the file, and the line where there is one.
    package init(_ configuration: Configuration) throws(StartError) {
        var words: [String] = []
        for path in configuration.blocklistFiles {
            words += try Screening.words(path)
            guard words.count <= Screening.wordsMax else {
                throw .configuration(
                    "blocklist.files: \(path): more than \(Screening.wordsMax) words in all")
            }
        }
        blocklist = words.isEmpty ? .builtIn : Blocklist(bases: CommonBases.all + words)
        guard let path = configuration.corpusFile else {
            corpus = nil
            return
        }
        do {
            corpus = try CorpusFile(path)
        } catch {
            throw .configuration("corpus.file: \(path): \(error.text)")
        }
    }

    private static func words(_ path: String) throws(StartError) -> [String] {
        let bytes: [UInt8]
        do {
            bytes = try readBoundedFile(path, bytesMax: WordFile.bytesMax)
        } catch {
            throw .configuration("blocklist.files: cannot read \(path): \(error.reason)")
        }
        do {
            return try WordFile.words(in: bytes)
        } catch {
            throw .configuration("blocklist.files: \(path), line \(error.line): \(error.reason)")
        }
    }
}
