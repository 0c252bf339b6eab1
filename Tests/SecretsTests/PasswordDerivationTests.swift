// Vectors: RFC 6070 (PBKDF2 with SHA-1), RFC 7914 §11 (PBKDF2 with SHA-256) and §12 (scrypt); IETF Trust,
// code components under the Simplified BSD licence. SHA-512: Python's hashlib, once.

import Secrets
import Testing

@Suite struct `A derived password hash` {
    @Test(arguments: [
        (
            PasswordDerivation.Digest.sha1, "password", "salt", 2,
            "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"
        ),
        (
            .sha1, "passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4_096,
            "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"
        ),
        (.sha1, "pass\0word", "sa\0lt", 4_096, "56fa6aa75548099dcc37d7f03425e0c3"),
        (
            .sha256, "passwd", "salt", 1,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        ),
        (
            .sha512, "", "salt", 2,
            "cc5eacbb057f2a5982fce67bf70f79fccf4adf285f5cbae1a5a1c5df012a630a5cd035da88803f2a8b7ad7d3118025e9d848280b733c39c57a76d3fa895f244c"
        ),
    ])
    func `is PBKDF2's`(
        digest: PasswordDerivation.Digest, password: String, salt: String, iterations: Int,
        expected: String
    ) throws {
        let output = try PasswordDerivation.pbkdf2(
            digest, password: Array(password.utf8).span, salt: Array(salt.utf8).span,
            iterations: iterations, count: expected.count / 2)
        #expect(Hexadecimal.encode(output) == expected)
    }

    @Test(arguments: [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
    ])
    func `is scrypt's`(
        password: String, salt: String, logN: Int, r: Int, p: Int, expected: String
    ) throws {
        let output = try PasswordDerivation.scrypt(
            password: Array(password.utf8).span, salt: Array(salt.utf8).span, logN: logN, r: r,
            p: p, count: 64)
        #expect(Hexadecimal.encode(output) == expected)
    }

    @Test func `is refused where libcrypto refuses the parameters`() {
        // RFC 7914 §2: N must be less than 2^(128 × r / 8).
        #expect(throws: SecretError.self) {
            _ = try PasswordDerivation.scrypt(
                password: [UInt8]().span, salt: [UInt8]().span, logN: 16, r: 1, p: 1, count: 32)
        }
    }
}
