/// An identifier that says nothing but what kind of thing it names: `acc_`, `ses_`, … followed by
/// 26 characters for 128 bits.
///
/// One generic type instead of one struct each, because text form, parsing and storage are the same
/// and only mixing them up must not compile. The alphabet is Crockford's base 32 in lower case: no
/// `i`, `l`, `o`, `u`, so an id survives being read out, and it holds no hyphen, so a double click
/// selects it whole.
package struct OpaqueID<Kind: IDKind>: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// - Parameter bytes: exactly 16; random ones, except where an id must come out the same on
    ///   every node, which then takes them from a digest.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == 16, "an id is made of 16 bytes")
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Strict: the exact prefix and the 26 characters that ``text`` writes, lower case only.
    package init?(parsing text: String) {
        let bytes = Array(text.utf8)
        let prefix = Array(Kind.prefix.utf8)
        guard bytes.count == prefix.count + 26, bytes.starts(with: prefix) else { return nil }
        var value: UInt128 = 0
        for (index, symbol) in bytes[prefix.count...].enumerated() {
            guard let digit = base32Symbols.firstIndex(of: symbol) else { return nil }
            // 26 symbols hold 130 bits; the two on top must be zero.
            guard index > 0 || digit < 8 else { return nil }
            value = value << 5 | UInt128(digit)
        }
        high = UInt64(truncatingIfNeeded: value >> 64)
        low = UInt64(truncatingIfNeeded: value)
    }

    /// 16 bytes, for storage.
    package var bytes: [UInt8] {
        [high, low].flatMap { half in
            (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
        }
    }

    /// 64 bits in which two ids hardly ever agree.
    package var bits: UInt64 { high ^ (low << 23 | low >> 41) }

    package var text: String {
        let value = UInt128(high) << 64 | UInt128(low)
        let symbols = (0..<26).map { base32Symbols[Int(value >> UInt128(125 - 5 * $0) & 31)] }
        return Kind.prefix + String(decoding: symbols, as: UTF8.self)
    }
}

extension OpaqueID: CustomStringConvertible {
    package var description: String { text }
}

/// Names a kind of identifier; never has a value.
package protocol IDKind: Sendable {
    /// Three lower-case letters and an underscore, so that every id is 30 characters long.
    static var prefix: String { get }
}

package enum AccountKind: IDKind { package static let prefix = "acc_" }
package enum UnknownKind: IDKind { package static let prefix = "unk_" }
package enum SessionKind: IDKind { package static let prefix = "ses_" }
package enum DeviceKind: IDKind { package static let prefix = "dev_" }
package enum ApplicationKind: IDKind { package static let prefix = "app_" }
package enum AdministratorKind: IDKind { package static let prefix = "adm_" }
package enum SealedRecordKind: IDKind { package static let prefix = "rec_" }

package typealias AccountID = OpaqueID<AccountKind>
/// Stands for an identifier that no account has.
package typealias UnknownID = OpaqueID<UnknownKind>
package typealias SessionID = OpaqueID<SessionKind>
package typealias DeviceID = OpaqueID<DeviceKind>
package typealias ApplicationID = OpaqueID<ApplicationKind>
package typealias AdministratorID = OpaqueID<AdministratorKind>
/// One category of what a closed account left, sealed.
package typealias SealedRecordID = OpaqueID<SealedRecordKind>

private let base32Symbols = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
