import Accounts
package import Passwords
import Secrets

/// A password that somebody else chooses for a person: shown once, good for choosing another.
package enum TemporaryPassword {
    /// Symbols that nobody mistakes for another when they are read out: 60 of them.
    private static let alphabet = Array(
        "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_!?".utf8)

    /// 16 random characters, over 94 bits with every class; more where the policy asks for more.
    ///
    /// - Returns: `nil` when the policy takes none that a generator makes.
    static func make(isTaken: (String) -> Bool) -> String? {
        for length in [16, 24, 40, 64] {
            // One in two has every class.
            for _ in 0..<64 {
                let text = random(length)
                if isTaken(text) { return text }
            }
        }
        return nil
    }

    private static func random(_ length: Int) -> String {
        var symbols: [UInt8] = []
        while symbols.count < length {
            // Below 240 every symbol is as likely as every other.
            symbols += SystemRandom.bytes(count: length).filter { $0 < 240 }
                .map { alphabet[Int($0) % alphabet.count] }
        }
        return String(decoding: symbols.prefix(length), as: UTF8.self)
    }
}

extension Node {
    /// A temporary password for a person, as the policy in force takes it.
    func temporaryPassword(email: String?, displayName: String?) throws(Problem) -> String {
        try refreshPolicies()
        var refusal: Problem?
        let made = TemporaryPassword.make { text in
            do throws(Problem) {
                let violations = try verdict(
                    on: text, email: email, displayName: displayName, in: .english)
                return violations.isEmpty
            } catch {
                refusal = error
                return false
            }
        }
        if let refusal { throw refusal }
        guard let made else {
            throw Problem(
                .invalidRequest,
                "password: the policy takes no generated password; give one that follows it")
        }
        return made
    }

    /// The hash of a temporary password, on the calling thread: for the command line.
    package func hashTemporaryPassword(_ text: String) throws(StartError) -> PHCString {
        do {
            let held = HeldPassword(try Password(text))
            var arena = try Argon2Arena(for: cost)
            return try newHash(of: held, in: &arena)
        } catch {
            throw .refused("the password could not be hashed: \(error)")
        }
    }

    /// The same as ``temporaryPassword(email:displayName:)`` for the command line.
    package func newTemporaryPassword(
        email: String?, displayName: String?
    ) throws(StartError) -> String {
        do {
            return try temporaryPassword(email: email, displayName: displayName)
        } catch {
            throw .refused(error.detail)
        }
    }
}
