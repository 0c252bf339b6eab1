/// Why a corpus cannot be read or made. Never holds an entry.
package enum CorpusError: Error, Equatable, Sendable {
    /// The system's words.
    case unreadable(String)
    case notACorpus
    /// Written by a later Loquet.
    case formatVersion(UInt32)
    /// Cut off, or with something behind its end.
    case size(bytes: Int, expected: Int)
    /// The digest in the header is not that of the file.
    case damaged
    /// The digest is right and the content is not: no Loquet wrote it.
    case malformed(String)
    /// The system's words.
    case unwritable(String)
    /// A line of the input that is not what the whole input was said to be.
    case line(Int, of: String, expected: String)
    /// The system's words.
    case input(String, reason: String)
    /// No entry is left to be written.
    case empty
    /// More entries than a file can hold, or so many alike that no bucket holds them: what was given
    /// as digests is none.
    case tooMany(String)

    package var text: String {
        switch self {
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .notACorpus: "it is not a corpus made by loquet corpus build"
        case .formatVersion(let version):
            "its format version is \(version); this program knows \(CorpusLayout.formatVersion)"
        case .size(let bytes, let expected):
            "it has \(bytes) bytes and its header says \(expected): it is cut off or was added to"
        case .damaged: "its content does not have the digest in its header: it is damaged"
        case .malformed(let what): "\(what): it was not made by loquet corpus build"
        case .unwritable(let reason): "it cannot be written: \(reason)"
        case .line(let number, let input, let expected):
            "\(input), line \(number): expected \(expected)"
        case .input(let input, let reason): "\(input): \(reason)"
        case .empty: "there is no entry to write"
        case .tooMany(let what): what
        }
    }
}
