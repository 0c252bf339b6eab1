import Accounts

/// What an application says of the caller it asks for: `{"ip","user_agent","device_token"?}`.
struct ClientDescription: Sendable {
    /// `nil` when the application named none.
    let address: SourceAddress?
    /// Only a well-formed device token; anything else counts as none, as an expired one does.
    let device: Token?
    /// The language that the person is written to in; `nil` for the service's own. Kept when they
    /// register.
    let locale: NoticeLocale?

    static let fields = ["ip", "user_agent", "device_token", "locale"]

    /// - Throws: 400 for an `ip` that is no address, or a field of another type.
    init(_ fields: Fields?) throws(Problem) {
        let ip = try fields?.optionalText("ip")
        if let ip {
            guard let parsed = SourceAddress(parsing: ip) else {
                throw .invalid(field: "client.ip", expected: "an IPv4 or IPv6 address")
            }
            address = parsed
        } else {
            address = nil
        }
        // Taken so that a client may send it, and not kept: nothing here needs it.
        _ = try fields?.optionalText("user_agent")
        let words = NoticeLocale.allCases.map(\.rawValue).joined(separator: " or ")
        let locale = try fields?.optionalText("locale")
        self.locale = locale.flatMap(NoticeLocale.init(rawValue:))
        guard locale == nil || self.locale != nil else {
            throw .invalid(field: "client.locale", expected: words)
        }
        let token = try fields?.optionalText("device_token").flatMap(Token.init(parsing:))
        device = token?.kind == .device ? token : nil
    }

    /// The budget in front: the address's, or that of all unattributed requests of the application.
    func budgetSource(_ application: String) -> SourceBudgets.Source {
        if let address { return .address(address) }
        // Application ids come from the database, where only this program writes them.
        return .unattributed(
            ApplicationID(parsing: application)
                ?? ApplicationID(bytes: [UInt8](repeating: 0, count: 16)))
    }
}
