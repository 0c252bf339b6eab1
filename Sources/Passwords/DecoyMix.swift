import Glibc
package import Secrets

/// Which scheme an identifier without an account is verified against: each in proportion to how many
/// stored hashes have it, and always the same for one identifier.
///
/// Without it a time would tell who has an account: while hashes of other schemes than today's are left,
/// their owners' sign-ins take another time than everybody else's.
///
/// The choice is a weighted rendezvous: every scheme draws a number from the identifier and the largest
/// wins. As owners sign in, their hashes become today's; and the identifiers that leave a scheme are
/// those that its smaller share no longer covers, and move to the one that grew, as owners do.
package struct DecoyMix: Sendable {
    private struct Part: Sendable {
        let scheme: HashScheme
        let name: [UInt8]
        let weight: Double
    }

    /// Schemes that are kept, the most frequent ones. Each costs a digest at every sign-in.
    package static let schemesMax = 64

    private let parts: [Part]

    /// - Parameters:
    ///   - today: has a share even where no hash has it, because the next new account will.
    ///   - counts: stored hashes by scheme.
    package init(today: HashScheme, counts: [HashScheme: Int64] = [:]) {
        var counts = counts.filter { $0.value > 0 }
        let count = max(1, counts.removeValue(forKey: today) ?? 0)
        let others = counts.map { ($0.key, $0.value) }.sorted { a, b in
            a.1 != b.1 ? a.1 > b.1 : a.0.text < b.0.text
        }
        parts = ([(today, count)] + others.prefix(Self.schemesMax - 1)).map { scheme, count in
            Part(scheme: scheme, name: Array(scheme.text.utf8), weight: Double(count))
        }
    }

    /// - Parameter locator: the identifier's keyed digest. It is not known outside, and neither is the
    ///   choice that follows from it.
    package func scheme(for locator: Digest) -> HashScheme {
        // There is always today's.
        var best = parts[0]
        guard parts.count > 1 else { return best.scheme }
        var least = Double.infinity
        for part in parts {
            let draw = Digest.sha256(
                of: Array("loquet decoy v1\0".utf8) + locator.bytes + part.name)
            let bits = draw.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            // Between 0 and 1 without either; its logarithm over the weight is exponentially
            // distributed with that rate, and the least of several such is each one's in proportion.
            let uniform = (Double(bits >> 11) + 0.5) * 0x1p-53
            let score = -log(uniform) / part.weight
            if score < least { (least, best) = (score, part) }
        }
        return best.scheme
    }
}
