/// Why a server did not start. `description` is a sentence for whoever started it.
package enum HTTPServerError: Error, Sendable, Equatable {
    /// The text is not `ADDRESS:PORT`.
    case badListenAddress(String)
    /// Another process, or another server of this one, listens there.
    case addressInUse(ListenAddress)
    /// The system refused the socket; `code` is an `errno`.
    case cannotListen(ListenAddress, code: Int32)
    case badTLS(TLSFault)
    /// The process may open fewer files than the connections allowed need, even at its hard limit.
    case tooFewFiles(needed: Int, available: Int)
    /// libmicrohttpd did not start, for want of memory or threads.
    case libraryRefused

    /// Which part of a TLS identity is at fault.
    package enum TLSFault: Sendable, Equatable {
        /// There is no PEM block `CERTIFICATE`.
        case certificate
        /// There is no PEM block `PRIVATE KEY` (also `EC` or `RSA`), or it is encrypted.
        case key
        /// Both are PEM, but GnuTLS refuses them: one is damaged, or the key is of another
        /// certificate. The library does not say which.
        case pair
    }
}

extension HTTPServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badListenAddress(let text):
            "cannot listen on \"\(text)\": expected ADDRESS:PORT, "
                + "as in 127.0.0.1:8080 or [::1]:8080"
        case .addressInUse(let address):
            "cannot listen on \(address): another program listens there already"
        case .cannotListen(let address, let code):
            "cannot listen on \(address): \(systemMessage(code))"
        case .badTLS(.certificate):
            "the TLS certificate file holds no PEM certificate"
        case .badTLS(.key):
            "the TLS key file holds no unencrypted PEM private key"
        case .badTLS(.pair):
            "the TLS certificate and key cannot be loaded, or do not belong together"
        case .tooFewFiles(let needed, let available):
            "the connections allowed need \(needed) open files, but this process may open "
                + "\(available): raise the limit (ulimit -n, LimitNOFILE) or allow fewer"
        case .libraryRefused:
            "libmicrohttpd did not start: out of memory or threads"
        }
    }
}
