import Accounts
import Outbound

extension Setting {
    /// What people are told and how links reach them.
    static let notices =
        mail + [
            Setting(
                name: "notices.delivery",
                kind: .text(expected: "\"smtp\", \"application\" or \"none\"") {
                    set($0, \.notices.delivery, in: &$1)
                }),
            Setting(
                name: "notices.locale",
                kind: .text(expected: "\"fr\" or \"en\"") {
                    set($0, \.notices.locale, in: &$1)
                }),
            Setting(
                name: "notices.templates",
                kind: .optionalText(expected: "the path of a directory") {
                    $1.notices.templates = $0
                    return $0 != ""
                }),
            Setting(name: "notices.new_device", kind: .boolean { $1.notices.newDevice = $0 }),
            Setting(
                name: "recovery.delivery",
                kind: .optionalText(expected: "\"smtp\" or \"application\"") {
                    $1.recovery.delivery = $0.flatMap(Configuration.Recovery.Delivery.init)
                    return $0 == nil || $1.recovery.delivery != nil
                }),
            Setting(
                name: "recovery.base_url",
                kind: .optionalText(
                    expected: "an https:// URL without query, as https://app.example.com/account"
                ) {
                    $1.recovery.baseURL = $0
                    return $0.map { LinkBase(parsing: $0) != nil } ?? true
                }),
            Setting(
                name: "registration.mode",
                kind: .text(expected: "\"explicit\" or \"neutral\"") {
                    set($0, \.registrationMode, in: &$1)
                }),
        ]

    private static let mail = [
        Setting(
            name: "mail.server",
            kind: .optionalText(expected: "HOST:PORT such as \"smtp.example.com:587\"") {
                $1.mail.server = $0.flatMap(Configuration.MailEndpoint.init)
                return $0 == nil || $1.mail.server != nil
            }),
        Setting(
            name: "mail.security",
            kind: .text(expected: "\"starttls\", \"tls\" or \"none\"") {
                set($0, \.mail.security, in: &$1)
            }),
        Setting(
            name: "mail.from",
            kind: .optionalText(expected: "an e-mail address such as \"no-reply@example.com\"") {
                $1.mail.from = $0 ?? ""
                return $0.map(isSender) ?? true
            }),
        Setting(
            name: "mail.user",
            kind: .optionalText(expected: "a name of 1 to 255 printable characters") {
                $1.mail.user = $0
                return $0.map(isUserName) ?? true
            }),
        Setting(
            name: "mail.password_file",
            kind: .optionalText(expected: "the path of a file") {
                $1.mail.passwordFile = $0
                return $0 != ""
            }),
        Setting(
            name: "mail.ca_file",
            kind: .optionalText(expected: "the path of a PEM file") {
                $1.mail.caFile = $0
                return $0 != ""
            }),
        Setting(
            name: "mail.hello",
            kind: .optionalText(expected: "a host name") {
                $1.mail.hello = $0
                return $0.map(isHostName) ?? true
            }),
        Setting(
            name: "mail.attempts_max",
            kind: .integer(1...100, unit: "attempts") { $1.mail.attemptsMax = $0 }),
    ]
}

/// A word of a closed set.
private func set<Value: RawRepresentable>(
    _ text: String, _ path: WritableKeyPath<Configuration, Value>,
    in configuration: inout Configuration
) -> Bool where Value.RawValue == String {
    guard let value = Value(rawValue: text) else { return false }
    configuration[keyPath: path] = value
    return true
}

/// Plain ASCII: it stands in every mail's header and in the server's dialogue.
private func isSender(_ text: String) -> Bool {
    do {
        _ = try EmailAddress(parsing: text)
        return text.utf8.allSatisfy { $0 < 0x80 }
    } catch {
        return false
    }
}

private func isUserName(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
}
