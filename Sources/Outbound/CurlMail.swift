import CCurl

/// A mail server and how it is spoken to.
package struct MailServer: Sendable {
    package enum Security: String, CaseIterable, Sendable {
        /// TLS from the first byte, RFC 8314's choice.
        case tls
        /// TLS after STARTTLS, which the server must offer.
        case startTLS = "starttls"
        /// None: only to this machine, which is checked when the connection is made.
        case none
    }

    /// A name or an address; IPv6 in brackets.
    package let host: String
    package let port: UInt16
    package let security: Security
    /// What EHLO says.
    package let hello: String
    package let user: String?
    /// The path of a PEM file with the authorities to trust; `nil` for the system's.
    package let authorities: String?

    package init(
        host: String, port: UInt16, security: Security, hello: String, user: String?,
        authorities: String?
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.hello = hello
        self.user = user
        self.authorities = authorities
    }

    /// Whether the host's name says that it is this machine.
    package var isLocal: Bool {
        if host.lowercased() == "localhost" { return true }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return NetworkAddress(parsing: bare).map { address in
            Self.loopback.contains { $0.contains(address) }
        } ?? false
    }

    fileprivate static let loopback = ["127.0.0.0/8", "::1"].compactMap(Network.init(parsing:))
}

/// Why a mail was not taken. Codes are the server's (RFC 5321 §4.2); its words are not kept, because they
/// often repeat the address.
package enum MailError: Error, Equatable, Sendable {
    /// This mail will never be taken: 5xx to its sender, recipient or content.
    case refused(code: Int)
    /// This mail was not taken now: 4xx.
    case postponed(code: Int)
    /// The server could not be reached, proved nothing, or let nobody in: nothing to do with this mail.
    case server(String)

    package var text: String {
        switch self {
        case .refused(let code): "refused with \(code)"
        case .postponed(let code): "postponed with \(code)"
        case .server(let reason): reason
        }
    }
}

/// Sends mails one after the other, over one connection where the server keeps it. Used by one thread
/// at a time; let go when a batch is done.
package final class MailConnection {
    private let handle: CurlHandle

    /// For everything from the look-up of the name to the last reply, for one mail.
    package static let timeout = Duration.seconds(30)

    /// - Parameter password: UTF-8. libcurl and the texts on the way keep copies that cannot be wiped
    ///   for as long as this connection lives.
    package init(_ server: MailServer, password: String?) throws(MailError) {
        do {
            handle = try CurlHandle(
                protocols: server.security == .tls ? "smtps" : "smtp",
                rule: server.security == .none
                    ? AddressRule(only: MailServer.loopback)
                    : .everywhere,
                replyBytesMax: 65_536, timeout: Self.timeout, authorities: server.authorities)
        } catch {
            throw .server(error.text)
        }
        let scheme = server.security == .tls ? "smtps" : "smtp"
        // The path is what EHLO says.
        handle.set(CURLOPT_URL, "\(scheme)://\(server.host):\(server.port)/\(server.hello)")
        if server.security != .none { handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let user = server.user {
            handle.set(CURLOPT_USERNAME, user)
            handle.set(CURLOPT_PASSWORD, password ?? "")
        }
    }

    package func send(_ message: MailMessage) throws(MailError) {
        handle.set(CURLOPT_MAIL_FROM, "<\(message.from.address)>")
        handle.set(CURLOPT_MAIL_RCPT, ["<\(message.to.address)>"])
        handle.setUpload(message.bytes)
        do {
            _ = try handle.perform()
        } catch {
            throw judged(error)
        }
    }

    /// A refusal is the mail's fault only where the server had been asked about it: in the dialogue
    /// about sender, recipient and DATA, which libcurl ends with a send error, or after the text.
    private func judged(_ error: TransferError) -> MailError {
        let code = handle.number(CURLINFO_RESPONSE_CODE)
        let isAboutThisMail = handle.hasBegunUpload || handle.lastCode == CURLE_SEND_ERROR
        guard isAboutThisMail, (400...599).contains(code), code != 421 else {
            return .server(error.text)
        }
        return code >= 500 ? .refused(code: code) : .postponed(code: code)
    }
}
