import Foundation

/// Whether two samples come from one distribution, as far as their order tells: Mann and Whitney's U
/// with the normal approximation and the correction for ties. It asks nothing of the shape, and a few
/// answers that were held up for long do not hide a small shift of all the others.
struct TwoSampleTest {
    /// How likely a difference at least this large is where there is none, 0 ... 1.
    let p: Double
    /// Positive where the first sample is the slower one.
    let z: Double

    /// - Precondition: neither is empty.
    init(_ first: [Double], _ second: [Double]) {
        let all = (first.map { ($0, true) } + second.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var (rankSum, ties) = (0.0, 0.0)
        var index = 0
        while index < all.count {
            var end = index
            while end < all.count, all[end].0 == all[index].0 { end += 1 }
            let count = Double(end - index)
            ties += count * count * count - count
            // Equal values share the mean of their ranks, which begin at 1.
            let rank = Double(index + end + 1) / 2
            rankSum += rank * Double(all[index..<end].count { $0.1 })
            index = end
        }
        let (m, n) = (Double(first.count), Double(second.count))
        let total = m + n
        let u = rankSum - m * (m + 1) / 2
        let variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)))
        z = variance > 0 ? (u - m * n / 2) / variance.squareRoot() : 0
        p = erfc(abs(z) / 2.0.squareRoot())
    }
}
