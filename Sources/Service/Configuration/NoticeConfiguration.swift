package import Accounts
package import Outbound

extension Configuration {
    /// How mail leaves.
    package struct Mail: Sendable {
        /// `nil` sends none.
        package var server: MailEndpoint?
        package var security = MailServer.Security.startTLS
        /// The sender's address; empty until it is set.
        package var from = ""
        package var user: String?
        package var passwordFile: String?
        package var caFile: String?
        /// What EHLO says; `nil` takes the domain of `from`.
        package var hello: String?
        package var attemptsMax = 12
    }

    package struct MailEndpoint: Equatable, Sendable {
        package let host: String
        package let port: UInt16

        /// `smtp.example.com:587`, `[2001:db8::1]:25`.
        package init?(parsing text: String) {
            guard let colon = text.lastIndex(of: ":") else { return nil }
            let host = String(text[..<colon])
            let digits = text[text.index(after: colon)...].utf8
            guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
            else { return nil }
            if host.hasPrefix("[") {
                guard host.hasSuffix("]"), host.contains(":"),
                    NetworkAddress(parsing: String(host.dropFirst().dropLast())) != nil
                else { return nil }
            } else {
                guard isHostName(host) else { return nil }
            }
            self.host = host
            self.port = port
        }

        package var isThisMachine: Bool { Service.isThisMachine(host) }
    }

    package struct Notices: Sendable {
        package enum Delivery: String, CaseIterable, Sendable {
            case smtp
            /// As events, for the application to send.
            case application
            case none
        }

        package var delivery = Delivery.none
        package var locale = NoticeLocale.fr
        /// A directory with the operator's own words.
        package var templates: String?
        package var newDevice = true
    }

    package struct Recovery: Sendable {
        package enum Delivery: String, CaseIterable, Sendable {
            case smtp
            /// The token goes to the application that asks.
            case application
        }

        /// `nil`: no links at all.
        package var delivery: Delivery?
        /// Where links begin.
        package var baseURL: String?
    }

    package enum RegistrationMode: String, CaseIterable, Sendable {
        /// Says whether an address is taken.
        case explicit
        /// The mailbox decides.
        case neutral
    }
}

/// Labels of letters, digits and hyphens with dots between them; an IPv4 address is one too.
func isHostName(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return text.utf8.count <= 253
        && labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && label.last != UInt8(ascii: "-")
                && label.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                    default: false
                    }
                }
        }
}

/// The beginning of the links that people are sent.
package struct LinkBase: Equatable, Sendable {
    private let text: String

    /// `https://app.example.com/account`, plain http only to this machine. No user, query or fragment:
    /// what the link carries comes behind `#`, which no server and no log sees.
    package init?(parsing text: String) {
        let allowed = "-._~%/:[]".utf8
        guard text.utf8.count <= 255,
            text.utf8.allSatisfy({ byte in
                isHostByte(byte) || allowed.contains(byte)
            })
        else { return nil }
        let (isSecure, isPlain) = (text.hasPrefix("https://"), text.hasPrefix("http://"))
        guard isSecure || isPlain else { return nil }
        let rest = text.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        let host: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[...end]
            guard NetworkAddress(parsing: String(host.dropFirst().dropLast())) != nil else {
                return nil
            }
        } else {
            host = authority.prefix { $0 != ":" }
            guard isHostName(String(host)) else { return nil }
        }
        let port = authority.dropFirst(host.count)
        guard port.isEmpty || (port.hasPrefix(":") && UInt16(port.dropFirst()) ?? 0 > 0) else {
            return nil
        }
        guard isSecure || isThisMachine(String(host)) else { return nil }
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// - Parameter token: as its owner gets it. The link goes into the mail and nowhere else.
    func link(_ kind: LinkKind, _ token: String) -> String {
        let page =
            switch kind {
            case .passwordReset: "password-reset"
            case .emailVerification, .addressConfirmation, .registration: "verify"
            }
        return "\(text)/\(page)#\(token)"
    }
}

private func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
}

private func isThisMachine(_ host: String) -> Bool {
    MailServer(
        host: host, port: 1, security: .none, hello: "", user: nil, authorities: nil
    ).isLocal
}
