/// The candidate that is most like `word`, for "did you mean"; `nil` when none is close.
///
/// Distance is Levenshtein's; close means at most a third of the word.
package func nearest(to word: String, in candidates: [String]) -> String? {
    let ranked = candidates.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
    return best.1 <= max(1, word.utf8.count / 3) ? best.0 : nil
}

private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    // Long inputs are nobody's typing mistake, and the work is a.count × b.count.
    guard a.count <= 100, b.count <= 100 else { return .max }
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let substituted = diagonal + (left == right ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
