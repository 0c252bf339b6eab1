/// What a person is told about their account. The raw value is the database's, the events' and the
/// name of the template.
package enum NoticeKind: String, CaseIterable, Hashable, Sendable {
    case passwordChanged = "password_changed"
    /// A link that sets a new password.
    case passwordReset = "password_reset"
    /// To an address given up in the last day: a reset link went to the new one.
    case resetElsewhere = "reset_elsewhere"
    /// Somebody signed in from a device that was not known.
    case newDevice = "new_device"
    /// A link that proves that the owner reads the account's mailbox.
    case emailVerification = "email_verification"
    /// A link to the mailbox that an account shall have from now on.
    case addressConfirmation = "address_confirmation"
    /// To the old address, once the new one was confirmed.
    case addressChanged = "address_changed"
    /// A link that makes the account somebody asked for.
    case registration
    /// To an owner with whose address somebody tried to register.
    case registrationAttempt = "registration_attempt"
    case closure
    /// Nobody signed in for so long that the account will be closed.
    case unusedAccount = "unused_account"
    /// The words are the data protection officer's.
    case breach

    /// The link that it carries, if it does.
    package var link: LinkKind? {
        switch self {
        case .passwordReset: .passwordReset
        case .emailVerification: .emailVerification
        case .addressConfirmation: .addressConfirmation
        case .registration: .registration
        case .passwordChanged, .resetElsewhere, .newDevice, .addressChanged, .registrationAttempt,
            .closure, .unusedAccount, .breach:
            nil
        }
    }

    /// After this nobody is helped by it, and it is undeliverable. A link is made when it is sent, so
    /// the time that a person has for it is not spent waiting for a mail server.
    package var usefulFor: Duration {
        switch self {
        // Who asked for it stands waiting and asks again.
        case .passwordReset: .hours(1)
        case .emailVerification, .addressConfirmation, .registration, .registrationAttempt:
            .hours(24)
        case .passwordChanged, .resetElsewhere, .newDevice, .addressChanged, .closure: .days(3)
        // Far less than the warning runs before the closure: 7 days at least.
        case .unusedAccount: .days(3)
        // The promise is 72 hours, and late is better than never.
        case .breach: .days(30)
        }
    }
}

/// What a link does. One table holds all of them, by the digest of their token.
package enum LinkKind: String, CaseIterable, Hashable, Sendable {
    case passwordReset = "password_reset"
    case emailVerification = "email_verification"
    case addressConfirmation = "address_confirmation"
    case registration

    /// How long a link opens something, from when it was made. A reset's is the CNIL's order of
    /// magnitude (délibération 2022-100: short); the others open nothing that is there already.
    package var lifetime: Duration {
        switch self {
        case .passwordReset: .hours(1)
        case .emailVerification, .addressConfirmation, .registration: .hours(24)
        }
    }

    /// A link of one kind is no link of another: their tokens differ in the prefix.
    package var token: Token.Kind {
        switch self {
        case .passwordReset: .passwordReset
        case .emailVerification, .addressConfirmation, .registration: .emailVerification
        }
    }
}

/// The languages that people are written to in.
package enum NoticeLocale: String, CaseIterable, Hashable, Sendable {
    case fr
    case en
}
