import Secrets

/// Everything that goes into one Argon2id hash that is nobody's.
struct Argon2Input: Sendable {
    var password: [UInt8]
    var salt: [UInt8]
    var secret: [UInt8] = []
    var associatedData: [UInt8] = []
    var cost: HashCost
    /// Bytes.
    var tagCount = 32

    func tag(
        by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        try Argon2id.hash(
            password: password.span, salt: salt.span, secret: secret.span,
            associatedData: associatedData.span, cost: cost, tagCount: tagCount, by: engine,
            in: &arena)
    }

    /// RFC 9106 §5.3.
    static var rfc9106: Argon2Input {
        get throws(PasswordHashError) {
            Argon2Input(
                password: [UInt8](repeating: 1, count: 32), salt: [UInt8](repeating: 2, count: 16),
                secret: [UInt8](repeating: 3, count: 8),
                associatedData: [UInt8](repeating: 4, count: 12),
                cost: try HashCost(memoryKiB: 32, passes: 3, parallelism: 4))
        }
    }

    /// The tag of ``rfc9106``.
    static let tagOfRFC9106 = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
}

/// What an engine must answer as everybody else does before it hashes anybody's password.
package struct Argon2SelfTest {
    typealias Hash = (Argon2Input, inout Argon2Arena) throws(PasswordHashError) -> [UInt8]

    package enum Question: Equatable, Sendable {
        /// The vector of RFC 9106 §5.3, secret and associated data included.
        case vector
        /// What libargon2 answers to one of the inputs below, counted from 0.
        case comparison(Int)
    }

    private let hash: Hash

    /// - Parameter hash: what is put to the test.
    init(_ hash: @escaping Hash) {
        self.hash = hash
    }

    /// The first question that is answered wrongly.
    func failure() throws(PasswordHashError) -> Question? {
        let inputs = try Argon2SelfTest.inputs()
        var arena = try Argon2Arena(for: HashCost(memoryKiB: 1_024, passes: 1))
        let tag = try hash(Argon2Input.rfc9106, &arena)
        guard Hexadecimal.encode(tag) == Argon2Input.tagOfRFC9106 else { return .vector }
        for (number, input) in inputs.enumerated() {
            let expected = try input.tag(by: .libargon2(.configured), in: &arena)
            guard try hash(input, &arena) == expected else { return .comparison(number) }
        }
        return nil
    }

    /// Between them: one pass and several, one lane and several, segments shorter and longer than the
    /// 128 blocks that one block of pseudo-random words addresses, memory that is no multiple of four
    /// blocks a lane, inputs longer than a BLAKE2b block, and none, tags of one BLAKE2b and of two.
    private static func inputs() throws(PasswordHashError) -> [Argon2Input] {
        func bytes(_ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
        }
        return [
            Argon2Input(
                password: [], salt: bytes(8), cost: try HashCost(memoryKiB: 8, passes: 1),
                tagCount: 16),
            Argon2Input(
                password: bytes(11), salt: bytes(16), secret: bytes(32),
                cost: try HashCost(memoryKiB: 1_024, passes: 2)),
            Argon2Input(
                password: bytes(128), salt: bytes(16), secret: bytes(32),
                cost: try HashCost(memoryKiB: 605, passes: 3)),
            Argon2Input(
                password: bytes(300), salt: bytes(64), associatedData: bytes(129),
                cost: try HashCost(memoryKiB: 67, passes: 4, parallelism: 3), tagCount: 64),
            Argon2Input(
                password: bytes(16), salt: bytes(16), secret: bytes(16), associatedData: bytes(1),
                cost: try HashCost(memoryKiB: 1_023, passes: 1, parallelism: 4), tagCount: 33),
        ]
    }
}

extension Argon2id {
    /// Whether the engine gives the tag of RFC 9106 §5.3, secret and associated data included. Asked by
    /// `doctor`.
    ///
    /// - Parameter arena: at least 32 KiB.
    package static func reproducesRFC9106(
        by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Bool {
        let tag = try Argon2Input.rfc9106.tag(by: engine, in: &arena)
        return Hexadecimal.encode(tag) == Argon2Input.tagOfRFC9106
    }
}
