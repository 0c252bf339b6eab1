import Secrets

/// Passwords that are known from breaches, as somebody who can look them up. The rule asks and does
/// not know where the entries are: reading files belongs to floors with I/O.
package protocol BreachCorpus: Sendable {
    /// Names the content: equal entries have the same version, and another set has another one.
    /// ASCII without spaces, at most 64 characters.
    var version: String { get }

    /// Whether a password with this key is in the corpus. May say yes of one in 10⁹ that is not.
    func contains(_ key: CorpusKey) -> Bool

    /// Whether every look-up so far was answered from the content that has this version. Once it is not,
    /// `contains` says no to everything: whoever decides by its answers asks this afterwards.
    var isIntact: Bool { get }
}

/// How a corpus names a password: the first 64 bits of the SHA-1 of its normal form.
///
/// As sensitive as the password: whoever has it can try guesses. It is asked and forgotten.
package struct CorpusKey: Hashable, Comparable, Sendable {
    /// The digest's first byte is the highest.
    package let bits: UInt64

    package init(bits: UInt64) {
        self.bits = bits
    }

    package init(of password: borrowing Password) {
        self = password.withBytes { CorpusKey(ofNormalForm: $0) }
    }

    /// Of a password that somebody else owns and wipes.
    package init(ofUTF8 input: Span<UInt8>) throws(PasswordInputError) {
        guard input.count <= Password.bytesMax else { throw .tooManyBytes }
        guard !input.isASCII else {
            self.init(ofNormalForm: input)
            return
        }
        self.init(ofNormalForm: NormalForm.of(try Password.text(of: input)).utf8.span)
    }

    /// - Parameter normalForm: UTF-8, see ``NormalForm``.
    init(ofNormalForm normalForm: Span<UInt8>) {
        bits = sha1Prefix(of: normalForm)
    }

    package static func < (a: CorpusKey, b: CorpusKey) -> Bool { a.bits < b.bits }
}
