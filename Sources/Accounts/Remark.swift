import Foundation

/// One line that somebody typed for a file: a reason, a reference, a name. 1 … 500 scalars in NFC, none
/// of them a control character or a line separator, and not white space alone.
///
/// 500 is a long sentence; what needs more is a document, and the line is its reference.
package struct Remark: Hashable, Sendable {
    package let text: String

    package static let scalarsMax = 500
    /// For whoever refuses one.
    package static let expected =
        "1 to \(scalarsMax) characters on one line, without control characters"

    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        // Bytes before normalising: NFC grows a text threefold at most, and a stranger sends it.
        guard text.utf8.count <= 4 * Self.scalarsMax else { return nil }
        let composed = text.precomposedStringWithCanonicalMapping
        guard (1...Self.scalarsMax).contains(composed.unicodeScalars.count),
            !composed.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        else { return nil }
        for scalar in composed.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
                return nil
            default: continue
            }
        }
        self.text = composed
    }
}
