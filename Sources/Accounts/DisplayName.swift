import Foundation

/// What the owner wants to be called: 1 … 200 scalars in NFC, none of them a control character or
/// a line separator. Never used to find an account.
///
/// 200 leaves room for every legal name; the bound keeps a name from being a document.
package struct DisplayName: Hashable, Sendable {
    package let text: String

    package init(_ text: String) throws(DisplayNameError) {
        // Bytes before normalising: NFC grows a text threefold at most, and a stranger sends it.
        guard text.utf8.count <= 4 * Self.scalarsMax else { throw .tooLong }
        let composed = text.precomposedStringWithCanonicalMapping
        guard !composed.isEmpty else { throw .empty }
        guard composed.unicodeScalars.count <= Self.scalarsMax else { throw .tooLong }
        for scalar in composed.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
                throw .forbiddenCharacter
            default: continue
            }
        }
        guard !composed.unicodeScalars.allSatisfy(\.properties.isWhitespace) else { throw .empty }
        self.text = composed
    }

    package static let scalarsMax = 200
}

package enum DisplayNameError: String, Error, CaseIterable, Sendable {
    /// Nothing, or nothing but white space.
    case empty
    /// More than 200 scalars after NFC, or more than 800 octets before.
    case tooLong = "too_long"
    case forbiddenCharacter = "forbidden_character"
}
