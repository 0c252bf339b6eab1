import CCrypt
import Secrets

/// crypt(3), as libxcrypt computes it. The only file that imports it.
enum SystemCrypt {
    /// Bytes of a password that libxcrypt takes (CRYPT_MAX_PASSPHRASE_SIZE without the NUL).
    static let passwordBytesMax = 511

    /// The hash of a password under a setting such as `$2b$12$<salt>` or `$6$rounds=5000$<salt>$`.
    ///
    /// - Parameter password: no NUL, which would end it, and at most ``passwordBytesMax`` bytes.
    /// - Throws: `.crypt`: the setting is none, or there is no memory.
    static func hash(
        _ password: Span<UInt8>, setting: String
    ) throws(PasswordHashError) -> [UInt8] {
        precondition(password.count <= passwordBytesMax)
        // Its own copy with the NUL that C wants, and libxcrypt's memory, which holds the password's
        // traces: both wiped.
        let phrase = unsafe Secret(count: password.count + 1) { buffer in
            for index in password.indices { unsafe buffer[index] = password[index] }
        }
        var output: [UInt8] = []
        _ = unsafe Secret(count: loquet_crypt_bytes()) { memory in
            output = unsafe phrase.withUnsafePointer { phrase in
                unsafe text(phrase, setting, memory)
            }
        }
        guard !output.isEmpty else { throw .crypt }
        return output
    }

    private static func text(
        _ phrase: UnsafeBufferPointer<UInt8>, _ setting: String,
        _ memory: UnsafeMutableBufferPointer<UInt8>
    ) -> [UInt8] {
        unsafe phrase.withMemoryRebound(to: CChar.self) { phrase in
            guard
                let answer = unsafe loquet_crypt(phrase.baseAddress, setting, memory.baseAddress)
            else { return [] }
            return Array(unsafe String(cString: answer).utf8)
        }
    }
}
