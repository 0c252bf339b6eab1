/// RFC 3339 for ``Timestamp``, with arithmetic of our own: a formatter of the system reads locale
/// and time zone files, and its leniency changes between releases.
extension Timestamp {
    /// How many digits follow the second.
    package enum Precision: Sendable {
        /// `2026-11-22T22:04:31Z`
        case seconds
        /// `2026-11-22T22:04:31.007Z`
        case milliseconds
        /// `2026-11-22T22:04:31.007123Z`
        case microseconds
    }

    /// In UTC with `Z`. Digits beyond the precision are cut, never rounded up: a text is never
    /// later than the time it stands for.
    package func rfc3339(_ precision: Precision = .seconds) -> String {
        let day = microseconds.flooredDivision(by: 86_400_000_000)
        let ofDay = microseconds.flooredRemainder(by: 86_400_000_000)
        let date = CivilDate(daysSinceEpoch: day)
        let second = ofDay / 1_000_000
        let fraction = ofDay % 1_000_000
        let suffix =
            switch precision {
            case .seconds: ""
            case .milliseconds: "." + padded(fraction / 1_000, to: 3)
            case .microseconds: "." + padded(fraction, to: 6)
            }
        return padded(date.year, to: 4) + "-" + padded(date.month, to: 2) + "-"
            + padded(date.day, to: 2) + "T" + padded(second / 3_600, to: 2) + ":"
            + padded(second / 60 % 60, to: 2) + ":" + padded(second % 60, to: 2) + suffix + "Z"
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS`, an optional fraction of 1 to 9 digits (cut to microseconds) and
    /// `Z` or `±HH:MM`.
    ///
    /// - Returns: `nil` for anything else: lower-case `t` and `z`, a space for the `T`, a date that
    ///   does not exist, `24:00:00`, a leap second (`:60`, which this clock cannot express),
    ///   or a time outside ``earliest`` … ``latest``.
    package init?(rfc3339 text: String) {
        self.init(rfc3339: Array(text.utf8)[...])
    }

    /// The same of UTF-8.
    package init?(rfc3339 text: ArraySlice<UInt8>) {
        var reader = DigitReader(bytes: text)
        guard let year = reader.number(digits: 4), reader.take("-"),
            let month = reader.number(digits: 2), reader.take("-"),
            let day = reader.number(digits: 2), reader.take("T"),
            let hour = reader.number(digits: 2), reader.take(":"),
            let minute = reader.number(digits: 2), reader.take(":"),
            let second = reader.number(digits: 2),
            let date = CivilDate(year: year, month: month, day: day),
            hour < 24, minute < 60, second < 60,
            let fraction = reader.fraction(),
            let offset = reader.offsetMinutes(), reader.isAtEnd
        else { return nil }
        let seconds =
            date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
        let microseconds = seconds * 1_000_000 + fraction
        self.init(microseconds: microseconds)
        guard self.microseconds == microseconds else { return nil }
    }
}

private func padded(_ value: Int64, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Walks over ASCII digits and separators; every step answers `nil` or `false` at the first byte
/// that does not fit.
private struct DigitReader {
    let bytes: ArraySlice<UInt8>
    var position: Int

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    private var next: UInt8? { isAtEnd ? nil : bytes[position] }

    mutating func take(_ separator: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: separator) else { return false }
        position += 1
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let byte = next, (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
            position += 1
        }
        return value
    }

    /// Microseconds; 0 when there is no fraction.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var microseconds: Int64 = 0
        var digits = 0
        while let byte = next, (0x30...0x39).contains(byte) {
            if digits < 6 { microseconds = microseconds * 10 + Int64(byte - 0x30) }
            digits += 1
            position += 1
        }
        guard (1...9).contains(digits) else { return nil }
        for _ in 0..<max(0, 6 - digits) { microseconds *= 10 }
        return microseconds
    }

    /// Minutes east of UTC.
    mutating func offsetMinutes() -> Int64? {
        if take("Z") { return 0 }
        let sign: Int64
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(digits: 2), take(":"), let minutes = number(digits: 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
