import Secrets

/// Why a text is not a stored hash of ours. The text is never repeated: it may be somebody's.
package enum PHCStringError: Error, Equatable, Sendable {
    /// More than ``PHCString/bytesMax`` bytes.
    case tooLong
    /// Not `$` algorithm `$` version `$` parameters `$` salt `$` hash.
    case wrongFieldCount
    /// Not `argon2id`.
    case unsupportedAlgorithm
    /// Not `v=19`, the version of RFC 9106.
    case unsupportedVersion
    /// Not `m=…,t=…,p=…` with an optional `keyid=…` last, or a number with a sign, a leading zero or
    /// more than 32 bits.
    case malformedParameters
    /// Outside the bounds of ``HashCost``.
    case costOutOfRange
    /// A field that is not strict, unpadded base64 with the standard alphabet.
    case notBase64
    /// A key id that has not 4 bytes.
    case keyIDLength
    /// A salt outside 8 ... 64 bytes.
    case saltLength
    /// A hash outside 16 ... 64 bytes.
    case tagLength
}

/// One stored Argon2id hash:
/// `$argon2id$v=19$m=65536,t=3,p=1,keyid=AAECAw$<salt>$<hash>`.
///
/// One value has one spelling, so ``text`` of what was parsed is what was parsed. Everything is
/// bounded before anything is allocated for it.
///
/// Source: the PHC string format; `keyid` is Argon2's parameter for its secret input.
package struct PHCString: Equatable, Sendable {
    /// The longest text there is has 260 bytes; the rest is for reading no more than needed of one
    /// that is not ours.
    package static let bytesMax = 512

    package let cost: HashCost
    /// Which pepper went in; `nil` for none.
    package let pepperID: PepperID?
    /// 8 ... 64 bytes.
    let salt: [UInt8]
    /// 16 ... 64 bytes.
    let tag: [UInt8]

    init(
        cost: HashCost, pepperID: PepperID?, salt: [UInt8], tag: [UInt8]
    ) throws(PHCStringError) {
        guard Argon2id.saltCounts.contains(salt.count) else { throw .saltLength }
        guard Argon2id.tagCounts.contains(tag.count) else { throw .tagLength }
        self.cost = cost
        self.pepperID = pepperID
        self.salt = salt
        self.tag = tag
    }

    /// Parses what ``text`` writes, and nothing else.
    package init(_ text: String) throws(PHCStringError) {
        guard text.utf8.count <= PHCString.bytesMax else { throw .tooLong }
        let fields = Array(text.utf8).split(
            separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty else { throw .wrongFieldCount }
        guard fields[1].elementsEqual("argon2id".utf8) else { throw .unsupportedAlgorithm }
        guard fields[2].elementsEqual("v=19".utf8) else { throw .unsupportedVersion }
        let (cost, pepperID) = try PHCString.parameters(fields[3])
        guard let salt = Base64.decode(fields[4], .standard) else { throw .notBase64 }
        guard let tag = Base64.decode(fields[5], .standard) else { throw .notBase64 }
        try self.init(cost: cost, pepperID: pepperID, salt: salt, tag: tag)
    }

    /// The text to store.
    package var text: String {
        var parameters = "m=\(cost.memoryKiB),t=\(cost.passes),p=\(cost.parallelism)"
        if let pepperID { parameters += ",keyid=" + Base64.encode(pepperID.bytes, .standard) }
        return "$argon2id$v=19$" + parameters + "$" + Base64.encode(salt, .standard)
            + "$" + Base64.encode(tag, .standard)
    }

    private static func parameters(
        _ field: ArraySlice<UInt8>
    ) throws(PHCStringError) -> (HashCost, PepperID?) {
        let parts = field.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4,
            let memoryKiB = number(value(of: "m=", in: parts[0])),
            let passes = number(value(of: "t=", in: parts[1])),
            let parallelism = number(value(of: "p=", in: parts[2]))
        else { throw .malformedParameters }
        let cost: HashCost
        do {
            cost = try HashCost(memoryKiB: memoryKiB, passes: passes, parallelism: parallelism)
        } catch {
            throw .costOutOfRange
        }
        guard parts.count == 4 else { return (cost, nil) }
        guard let keyID = value(of: "keyid=", in: parts[3]) else { throw .malformedParameters }
        guard let bytes = Base64.decode(keyID, .standard) else { throw .notBase64 }
        guard let pepperID = PepperID(bytes: bytes) else { throw .keyIDLength }
        return (cost, pepperID)
    }

    private static func value(
        of name: StaticString, in part: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8>? {
        let name = name.description.utf8
        return part.starts(with: name) ? part.dropFirst(name.count) : nil
    }

    /// 1 ... 2³² − 1 in its only spelling. No parameter may be 0.
    private static func number(_ digits: ArraySlice<UInt8>?) -> UInt32? {
        guard let digits, (1...10).contains(digits.count), digits.first != UInt8(ascii: "0") else {
            return nil
        }
        var value: UInt64 = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return UInt32(exactly: value)
    }
}

/// A hash that slips into a log line or an error says nothing.
extension PHCString: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "PHCString" }
    package var debugDescription: String { "PHCString" }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
