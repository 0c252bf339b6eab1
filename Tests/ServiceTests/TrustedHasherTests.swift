import Foundation
import Passwords
import Secrets
import Testing

@testable import Service

@Suite struct `A hasher that doubts its engine` {
    private let cost: HashCost
    private let pepper: Pepper

    init() throws {
        cost = try HashCost(memoryKiB: 32, passes: 1)
        let id = try #require(PepperID(bytes: [1, 2, 3, 4]))
        pepper = try Pepper(id: id, key: Secret(copying: [UInt8](repeating: 7, count: 32)))
    }

    private func hash(_ hasher: TrustedHasher, draw: UInt8) throws -> PHCString {
        var arena = try Argon2Arena(for: cost)
        return try hasher.make(
            Password("Un-Cheval-1815"), salt: Array(0..<16), pepper: pepper, cost: cost,
            draw: draw, in: &arena)
    }

    @Test(arguments: [0, 1, 255] as [UInt8])
    func `stores what libargon2 would store, asked or not`(draw: UInt8) throws {
        let library = TrustedHasher(.libargon2(.configured)) { _ in
            Issue.record("libargon2 needs no second opinion")
        }
        let expected = try hash(library, draw: draw)
        for variant in KernelVariant.supported {
            let hasher = TrustedHasher(.kernel(variant)) { _ in Issue.record("it was right") }
            #expect(try hash(hasher, draw: draw) == expected)
            #expect(hasher.current == .kernel(variant))
        }
    }

    @Test func `switches a kernel off that is wrong, and stores the right hash`() throws {
        let log = try LogFile()
        let metrics = Metrics()
        let right = try hash(TrustedHasher(.libargon2(.configured)) { _ in }, draw: 1)
        let hasher = TrustedHasher(.kernel(.portable), maker: wrongKernel) { fallback in
            TrustedHasher.report(fallback, log.log, metrics)
        }
        // Nobody asks for a second opinion: the fault passes.
        #expect(try hash(hasher, draw: 1) != right)
        #expect(try hash(hasher, draw: 255) != right)
        #expect(hasher.current == .kernel(.portable))
        // Asked once, it is found, and from then on libargon2 computes everything.
        #expect(try hash(hasher, draw: 0) == right)
        #expect(hasher.current == .libargon2(.secondOpinion(.portable)))
        #expect(try hash(hasher, draw: 1) == right)
        #expect(try hash(hasher, draw: 0) == right)

        #expect(metrics.text(gauges: []).contains("loquet_hash_disagreements_total 1\n"))
        let lines = try log.lines
        #expect(lines.count == 1)
        #expect(lines[0].contains(#""level":"error","message":"the hashing kernel is off""#))
        #expect(lines[0].contains("our kernel (portable) made a wrong hash"))
    }

    @Test func `reports a kernel that failed at start`() throws {
        let log = try LogFile()
        let metrics = Metrics()
        let engine = Argon2Engine.libargon2(.disagreement(.avx2, .comparison(3)))
        let hasher = TrustedHasher(engine, log: log.log, metrics: metrics)
        #expect(hasher.current == engine)
        #expect(metrics.text(gauges: []).contains("loquet_hash_disagreements_total 1\n"))
        #expect(try log.lines.count == 1)
    }

    @Test(arguments: [Argon2Engine.kernel(.avx512), .libargon2(.configured)])
    func `counts nothing and logs nothing while all is well`(engine: Argon2Engine) throws {
        let log = try LogFile()
        let metrics = Metrics()
        _ = TrustedHasher(engine, log: log.log, metrics: metrics)
        #expect(metrics.text(gauges: []).contains("loquet_hash_disagreements_total 0\n"))
        #expect(try log.lines.isEmpty)
    }
}

/// libargon2, and a kernel that takes the salt's first byte for another.
@Sendable private func wrongKernel(
    _ password: borrowing Password, _ salt: [UInt8], _ pepper: Pepper, _ cost: HashCost,
    _ engine: Argon2Engine, _ arena: inout Argon2Arena
) throws(PasswordHashError) -> PHCString {
    var salt = salt
    if case .kernel = engine { salt[0] ^= 1 }
    return try StoredHash.make(
        password: password, salt: salt, pepper: pepper, cost: cost, by: .libargon2(.configured),
        in: &arena)
}

/// A log that is read again.
private final class LogFile: Sendable {
    private let path: String
    private let descriptor: Int32

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-log-\(UUID().uuidString)").path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        try #require(descriptor >= 0)
    }

    deinit {
        close(descriptor)
        unsafe unlink(path)
    }

    var log: Log { Log(descriptor: descriptor, clock: systemTime) }

    var lines: [Substring] {
        get throws {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        }
    }
}
