import Accounts
import Secrets
import Storage

/// A registration that waits for its mailbox: everything that the account will be made of. Kept sealed,
/// in the notice until it is sent and then beside its link, and gone when the link is over.
struct PendingRegistration: Equatable, Sendable {
    /// The account's, should it be made: what is known of its password is sealed for it already.
    let id: AccountID
    let email: String
    let displayName: String?
    /// A PHC string.
    let phc: String
    let application: String
    let locale: NoticeLocale?
    let verdict: VerdictStore.Record?

    init(
        id: AccountID, email: String, displayName: String?, phc: String, application: String,
        locale: NoticeLocale?, verdict: VerdictStore.Record?
    ) {
        self.id = id
        self.email = email
        self.displayName = displayName
        self.phc = phc
        self.application = application
        self.locale = locale
        self.verdict = verdict
    }

    var encoded: [UInt8] {
        let optional = { (text: String?) in text.map(JSONValue.string) ?? .null }
        let value: JSONValue = [
            "id": .string(id.text), "email": .string(email), "display_name": optional(displayName),
            "phc": .string(phc), "application": .string(application),
            "locale": optional(locale?.rawValue), "verdict_key": optional(verdict?.keyID),
            "verdict": optional(verdict.map { Base64.encode($0.sealed, .url) }),
        ]
        return value.bytes
    }

    /// - Returns: `nil` for anything that ``encoded`` does not write.
    init?(encoded: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONReader.read(encoded)
        } catch {
            return nil
        }
        let text = { (name: String) -> String? in
            if case .string(let text) = value[name] { text } else { nil }
        }
        guard let id = text("id").flatMap(AccountID.init(parsing:)), let email = text("email"),
            let phc = text("phc"), let application = text("application")
        else { return nil }
        var verdict: VerdictStore.Record?
        if let key = text("verdict_key"), let encoded = text("verdict") {
            guard let sealed = Base64.decode(encoded.utf8, .url) else { return nil }
            verdict = VerdictStore.Record(keyID: key, sealed: sealed)
        }
        self.init(
            id: id, email: email, displayName: text("display_name"), phc: phc,
            application: application, locale: text("locale").flatMap(NoticeLocale.init),
            verdict: verdict)
    }
}
