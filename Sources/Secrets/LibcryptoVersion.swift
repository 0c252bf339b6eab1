import CCrypto

/// The version of libcrypto that runs, such as `OpenSSL 3.0.22 …`. The corresponding C function is
/// `OpenSSL_version`.
package func libcryptoVersion() -> String {
    unsafe String(cString: OpenSSL_version(OPENSSL_VERSION))
}
