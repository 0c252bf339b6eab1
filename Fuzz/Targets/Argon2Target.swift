import Passwords

/// Our kernel and libargon2 give the same tag, whatever goes in: the bytes draw the cost, the lengths
/// and the content of password, salt, secret and associated data.
func argon2(_ bytes: [UInt8]) {
    var draw = Draw(bytes)
    do {
        let parallelism = UInt32(draw.number(below: 4)) + 1
        let cost = try HashCost(
            memoryKiB: 8 * parallelism + UInt32(draw.number(below: 256)),
            passes: UInt32(draw.number(below: 3)) + 1, parallelism: parallelism)
        let tagCount = 16 + draw.number(below: 49)
        let salt = draw.bytes(8 + draw.number(below: 57))
        let secret = draw.bytes(draw.number(below: 65))
        let associatedData = draw.bytes(draw.number(below: 140))
        let password = draw.rest()
        var arena = try Argon2Arena(for: cost)
        let tag = { (engine: Argon2Engine, arena: inout Argon2Arena) in
            try Argon2id.hash(
                password: password.span, salt: salt.span, secret: secret.span,
                associatedData: associatedData.span, cost: cost, tagCount: tagCount, by: engine,
                in: &arena)
        }
        let expected = try tag(.libargon2(.configured), &arena)
        for variant in KernelVariant.supported {
            let ours = try tag(.kernel(variant), &arena)
            precondition(ours == expected, "\(variant) differs")
        }
    } catch {
        preconditionFailure("parameters within their bounds were refused: \(error)")
    }
}

/// Numbers and byte strings drawn from the front of an input; zeros after its end.
private struct Draw {
    private var remaining: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        remaining = bytes[...]
    }

    mutating func number(below limit: Int) -> Int {
        Int(remaining.popFirst() ?? 0) % limit
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in remaining.popFirst() ?? 0 }
    }

    mutating func rest() -> [UInt8] {
        Array(remaining)
    }
}
