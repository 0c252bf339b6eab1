package import Accounts
import Glibc
package import Outbound
import Secrets

/// How people are told and how links reach them: settings that were checked together.
package struct NoticeSettings: Sendable {
    package let delivery: Configuration.Notices.Delivery
    package let links: Links?
    package let locale: NoticeLocale
    package let tellsOfNewDevices: Bool
    package let templates: NoticeTemplates
    /// `nil` where nothing goes by mail.
    package let mail: MailRoute?
    /// What notices call the service.
    package let serviceName: String

    package enum Links: Sendable {
        case smtp(LinkBase)
        case application
    }

    /// - Throws: naming the setting that is missing, the file that cannot be read, or the line of a
    ///   template that is wrong.
    package init(_ configuration: Configuration) throws(StartError) {
        let (notices, recovery) = (configuration.notices, configuration.recovery)
        delivery = notices.delivery
        locale = notices.locale
        tellsOfNewDevices = notices.newDevice
        templates = try NoticeTemplates(directory: notices.templates)
        let needsMail = notices.delivery == .smtp || recovery.delivery == .smtp
        mail = needsMail ? try MailRoute(configuration) : nil
        serviceName = Self.name(configuration)
        switch recovery.delivery {
        case nil: links = nil
        case .application: links = .application
        case .smtp:
            guard let base = recovery.baseURL.flatMap(LinkBase.init(parsing:)) else {
                throw .configuration(
                    "recovery.base_url is missing: links that go by mail begin with it")
            }
            links = .smtp(base)
        }
        if configuration.registrationMode == .neutral, recovery.delivery != .smtp {
            throw .configuration(
                "registration.mode: \"neutral\" needs recovery.delivery: \"smtp\", because the "
                    + "mailbox decides")
        }
    }

    /// Whether a notice of this kind goes by mail.
    func goesByMail(_ kind: NoticeKind) -> Bool {
        switch kind {
        case .passwordReset, .emailVerification, .addressConfirmation, .registration,
            .registrationAttempt:
            if case .smtp = links { true } else { false }
        // Whoever gave an address up hears of it whatever else people are told.
        case .resetElsewhere, .addressChanged: mail != nil
        case .passwordChanged, .newDevice, .closure, .unusedAccount, .breach: delivery == .smtp
        }
    }

    /// `service_name`, or where the sender's mail comes from.
    private static func name(_ configuration: Configuration) -> String {
        if !configuration.serviceName.isEmpty { return configuration.serviceName }
        return Mailbox(address: configuration.mail.from)?.domain ?? "Loquet"
    }
}

/// The way to the mail server, with its password.
package final class MailRoute: Sendable {
    package let server: MailServer
    package let sender: Mailbox
    package let attemptsMax: Int
    /// Kept for as long as the service runs; `nil` without a user.
    private let password: Secret?

    private static let passwordBytesMax = 1_024

    init(_ configuration: Configuration) throws(StartError) {
        let mail = configuration.mail
        guard let endpoint = mail.server else {
            throw .configuration("mail.server is missing: something is to go by mail")
        }
        guard let sender = Mailbox(address: mail.from, name: configuration.serviceName) else {
            throw .configuration("mail.from is missing: the address that mail comes from")
        }
        server = MailServer(
            host: endpoint.host, port: endpoint.port, security: mail.security,
            hello: mail.hello ?? sender.domain, user: mail.user, authorities: mail.caFile)
        guard mail.security != .none || server.isLocal else {
            throw .configuration(
                "mail.security: \"none\" is only for a mail server on this machine, and "
                    + "\(endpoint.host) is another")
        }
        guard (mail.user == nil) == (mail.passwordFile == nil) else {
            let missing = mail.user == nil ? "mail.user" : "mail.password_file"
            throw .configuration("\(missing) is missing: a user and a password go together")
        }
        if let file = mail.caFile { try Self.checkReadable(file) }
        self.sender = sender
        attemptsMax = mail.attemptsMax
        password = try Self.password(mail.passwordFile)
    }

    func connect() throws(MailError) -> MailConnection {
        // The text cannot be wiped; the library keeps one too for as long as the connection lives.
        let text = password?.withBytes { bytes in
            String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
        }
        return try MailConnection(server, password: text)
    }

    private static func checkReadable(_ file: String) throws(StartError) {
        do {
            _ = try readBoundedFile(file, bytesMax: 1_048_576)
        } catch {
            throw .configuration("mail.ca_file: cannot read \(file): \(error.reason)")
        }
    }

    /// The first line of the file, which only its owner may read.
    private static func password(_ file: String?) throws(StartError) -> Secret? {
        guard let file else { return nil }
        var status = stat()
        guard unsafe stat(file, &status) == 0 else {
            throw .configuration("mail.password_file: cannot read \(file): \(systemReason())")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .configuration(
                "mail.password_file: \(file) has mode \(String(status.st_mode & 0o777, radix: 8)): "
                    + "expected a file that only its owner can read (0600)")
        }
        var bytes: [UInt8]
        do {
            bytes = try readBoundedFile(file, bytesMax: passwordBytesMax)
        } catch {
            throw .configuration("mail.password_file: cannot read \(file): \(error.reason)")
        }
        defer { wipe(&bytes) }
        var line = Array(bytes.prefix { $0 != 0x0A })
        defer { wipe(&line) }
        guard !line.isEmpty, !line.contains(0), String(validating: line, as: UTF8.self) != nil
        else {
            throw .configuration("mail.password_file: expected a password on the first line")
        }
        return Secret(copying: line)
    }
}
