import Accounts
import Outbound
import Service
import Storage
import Testing

/// A service whose notices and links go to a real mail server.
struct MailedService {
    let service: RunningService
    let server: MailServerProcess

    /// - Parameter change: applied last.
    init(
        _ server: MailServerProcess? = nil, _ change: (inout Configuration) -> Void = { _ in }
    ) throws {
        let server = try server ?? MailServerProcess()
        self.server = server
        service = try RunningService { configuration in
            Self.mail(to: server, in: &configuration)
            change(&configuration)
        }
    }

    static func mail(to server: MailServerProcess, in configuration: inout Configuration) {
        configuration.serviceName = "Boutique Été"
        configuration.mail.server = .init(parsing: "127.0.0.1:\(server.port)")
        configuration.mail.security = .none
        configuration.mail.from = "no-reply@example.org"
        configuration.notices.delivery = .smtp
        configuration.notices.locale = .en
        configuration.notices.newDevice = false
        configuration.recovery.delivery = .smtp
        configuration.recovery.baseURL = "https://app.example.org/account/"
    }
}

extension RunningService {
    @discardableResult
    func askReset(_ email: String = Person().email, ip: String = "203.0.113.9") throws -> Answer {
        try call(
            "POST", "/v1/password-resets", key: keys.appKey,
            ["email": .string(email), "client": ["ip": .string(ip)]])
    }

    @discardableResult
    func completeReset(
        _ token: String, _ password: String = "Un-Cheval-1815", ip: String = "203.0.113.9"
    ) throws -> Answer {
        try call(
            "POST", "/v1/password-resets/complete", key: keys.appKey,
            [
                "token": .string(token), "new_password": .string(password),
                "client": ["ip": .string(ip)],
            ])
    }

    @discardableResult
    func prove(_ token: String, ip: String = "203.0.113.9") throws -> Answer {
        try call(
            "POST", "/v1/email-verifications/complete", key: keys.appKey,
            ["token": .string(token), "client": ["ip": .string(ip)]])
    }

    @discardableResult
    func changeAddress(
        _ session: String, to email: String, _ password: String = Person().password
    ) throws -> Answer {
        try call(
            "PUT", "/v1/account/email", key: session,
            ["email": .string(email), "password": .string(password)])
    }

    /// Waits until no notice is left to send.
    func untilMailed() throws {
        _ = try eventually {
            try number("SELECT COUNT(*) FROM notice WHERE state IN ('ready', 'leased')") == 0
                ? true : nil
        }
    }

    func eventTypes() throws -> [String] {
        try texts("SELECT type FROM event ORDER BY sequence")
    }
}
