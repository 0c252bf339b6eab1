import Secrets

/// An Argon2 hash that ``PHCString`` does not take: Argon2i, Argon2d, version 1.0 (with or without
/// `v=16`), costs beyond ``HashCost``, and any of them behind Django's `argon2`.
///
/// Without a pepper: a `keyid` here would name a key of another system.
///
/// Source: libargon2's encoding.c for the text, RFC 9106 for the rest.
struct ForeignArgon2: Equatable, Sendable {
    let form: Argon2Form
    /// 8 ... 64 bytes.
    let salt: [UInt8]
    /// 16 ... 64 bytes.
    let tag: [UInt8]

    private static let shape = "$argon2id$v=19$m=…,t=…,p=…$<salt>$<hash>, also argon2i and argon2d"

    /// - Parameter fields: what stands between the `$`.
    init(_ fields: [[UInt8]]) throws(ForeignHashError) {
        var fields = fields[...]
        // Django's word in front, or the nothing that a PHC string begins with.
        let first = fields.removeFirst()
        guard first.isEmpty || first.elementsEqual("argon2".utf8), let word = fields.popFirst(),
            let type = Argon2Form.Kind(rawValue: String(decoding: word, as: UTF8.self))
        else { throw .malformed(expected: Self.shape) }
        var version = Argon2Form.Version.v10
        if let field = fields.first, let number = HashText.number(field, named: "v") {
            guard let known = Argon2Form.Version(rawValue: UInt32(number)) else {
                throw .outOfRange(expected: "v=16 or v=19")
            }
            version = known
            fields.removeFirst()
        }
        guard fields.count == 3 else { throw .malformed(expected: Self.shape) }
        let parts = Array(fields)
        form = try Self.form(type, version, parts[0])
        guard let salt = Base64.decode(parts[1], .standard),
            let tag = Base64.decode(parts[2], .standard)
        else { throw .malformed(expected: "salt and hash in base64 without padding") }
        guard Argon2id.saltCounts.contains(salt.count) else {
            throw .outOfRange(expected: "a salt of 8 ... 64 bytes")
        }
        guard Argon2id.tagCounts.contains(tag.count) else {
            throw .outOfRange(expected: "a hash of 16 ... 64 bytes")
        }
        self.salt = salt
        self.tag = tag
    }

    private static func form(
        _ type: Argon2Form.Kind, _ version: Argon2Form.Version, _ field: [UInt8]
    ) throws(ForeignHashError) -> Argon2Form {
        let parts = HashText.fields(field, by: ",")
        guard parts.count == 3, let memoryKiB = HashText.number(parts[0], named: "m"),
            let passes = HashText.number(parts[1], named: "t"),
            let parallelism = HashText.number(parts[2], named: "p")
        else { throw .malformed(expected: "m=…,t=…,p=… and no other parameter") }
        guard
            let form = Argon2Form(
                type, version, memoryKiB: UInt32(memoryKiB), passes: UInt32(passes),
                parallelism: UInt32(parallelism))
        else {
            throw .outOfRange(
                expected: "p 1 ... 64, m from 8 × p to 1048576, t from 1, and m × t at most "
                    + "\(Argon2Form.workMax)")
        }
        return form
    }

    func verify(
        _ password: borrowing Password, by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Verification {
        let nothing: [UInt8] = []
        let computed = try password.withBytes { bytes throws(PasswordHashError) in
            guard let cost = form.ours else {
                return try Argon2id.hash(
                    form, password: bytes, salt: salt.span, tagCount: tag.count, in: &arena)
            }
            return try Argon2id.hash(
                password: bytes, salt: salt.span, secret: nothing.span,
                associatedData: nothing.span, cost: cost, tagCount: tag.count, by: engine,
                in: &arena)
        }
        return constantTimeEquals(computed.span, tag.span) ? .match : .mismatch
    }
}
