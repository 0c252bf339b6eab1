import Accounts

extension Timestamp {
    /// For people: `2026-11-23 09:18 UTC`, or `23/11/2026 à 09:18 (UTC)`.
    func words(_ locale: NoticeLocale) -> String {
        let text = rfc3339()
        let date = text.prefix(10).split(separator: "-")
        let clock = text.dropFirst(11).prefix(5)
        switch locale {
        case .en: return "\(text.prefix(10)) \(clock) UTC"
        case .fr: return "\(date[2])/\(date[1])/\(date[0]) à \(clock) (UTC)"
        }
    }

    /// RFC 5322 §3.3: `Mon, 23 Nov 2026 09:18:38 +0000`.
    var mailDate: String {
        let text = rfc3339()
        let date = text.prefix(10).split(separator: "-")
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        // 1 January 1970 was a Thursday.
        let day = Int(seconds.quotient(floorDividedBy: 86_400)) % 7
        let month = months[(Int(date[1]) ?? 1) - 1]
        return "\(days[(day + 7) % 7]), \(date[2]) \(month) \(date[0]) "
            + "\(text.dropFirst(11).prefix(8)) +0000"
    }
}

extension Int64 {
    fileprivate func quotient(floorDividedBy divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}
