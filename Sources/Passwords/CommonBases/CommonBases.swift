/// The bases of common passwords, written for this project by theme: what people in France and
/// elsewhere put in front of `123!`. In lower case, between spaces; the themes are only for reading.
///
/// Keyboard walks are here, plain runs of the alphabet are not: as a walk `abcdef` says nothing about
/// how a password was chosen, and many good passwords begin so. Nor is what the look-up finds by
/// itself: with `soleil` listed, `soleil123` need not be.
package enum CommonBases {
    package static let all: [String] =
        [keyboards, frenchWords, englishWords, names, culture, service]
        .flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
}
