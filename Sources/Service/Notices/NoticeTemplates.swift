package import Accounts

/// The words of every kind of notice in every language: those shipped in `config/templates`, built into
/// the program, and an operator's own in their place.
package struct NoticeTemplates: Sendable {
    private struct Name: Hashable {
        let kind: NoticeKind
        let locale: NoticeLocale

        /// `password_reset.fr.txt`
        var file: String { "\(kind.rawValue).\(locale.rawValue).txt" }
    }

    private let templates: [Name: NoticeTemplate]

    /// - Parameter directory: files here replace shipped ones of the same name; `nil` for none.
    /// - Throws: naming the file, the line and what was expected there.
    package init(directory: String?) throws(StartError) {
        var templates: [Name: NoticeTemplate] = [:]
        for (kind, locale, file) in Self.shipped {
            let name = Name(kind: kind, locale: locale)
            var (source, path) = (file, name.file)
            if let directory, case let own = "\(directory)/\(name.file)", exists(own) {
                path = own
                do {
                    source = try readBoundedFile(own, bytesMax: NoticeTemplate.bytesMax)
                } catch {
                    throw .configuration(
                        "notices.templates: cannot read \(own): \(error.reason)")
                }
            }
            do {
                templates[name] = try NoticeTemplate(parsing: source, for: kind)
            } catch {
                throw .configuration("notices.templates: \(path), \(error.text)")
            }
        }
        self.templates = templates
        if let directory { try Self.checkNames(in: directory) }
    }

    package subscript(kind: NoticeKind, locale: NoticeLocale) -> NoticeTemplate {
        // `shipped` has every pair, which a test holds it to, and each was read or refused.
        templates[Name(kind: kind, locale: locale)]!
    }

    /// A misspelt file must not pass for one that is in use.
    private static func checkNames(in directory: String) throws(StartError) {
        let known = shipped.map { Name(kind: $0.0, locale: $0.1).file }
        for name in try fileNames(in: directory)
        where name.hasSuffix(".txt") && !known.contains(name) {
            let guess = nearest(to: name, in: known).map { "; did you mean \($0)?" } ?? ""
            throw .configuration("notices.templates: there is no notice \(name)\(guess)")
        }
    }

    package static let shipped: [(NoticeKind, NoticeLocale, [UInt8])] = [
        (.passwordChanged, .en, PackageResources.password_changed_en_txt),
        (.passwordChanged, .fr, PackageResources.password_changed_fr_txt),
        (.passwordReset, .en, PackageResources.password_reset_en_txt),
        (.passwordReset, .fr, PackageResources.password_reset_fr_txt),
        (.resetElsewhere, .en, PackageResources.reset_elsewhere_en_txt),
        (.resetElsewhere, .fr, PackageResources.reset_elsewhere_fr_txt),
        (.newDevice, .en, PackageResources.new_device_en_txt),
        (.newDevice, .fr, PackageResources.new_device_fr_txt),
        (.emailVerification, .en, PackageResources.email_verification_en_txt),
        (.emailVerification, .fr, PackageResources.email_verification_fr_txt),
        (.addressConfirmation, .en, PackageResources.address_confirmation_en_txt),
        (.addressConfirmation, .fr, PackageResources.address_confirmation_fr_txt),
        (.addressChanged, .en, PackageResources.address_changed_en_txt),
        (.addressChanged, .fr, PackageResources.address_changed_fr_txt),
        (.registration, .en, PackageResources.registration_en_txt),
        (.registration, .fr, PackageResources.registration_fr_txt),
        (.registrationAttempt, .en, PackageResources.registration_attempt_en_txt),
        (.registrationAttempt, .fr, PackageResources.registration_attempt_fr_txt),
        (.closure, .en, PackageResources.closure_en_txt),
        (.closure, .fr, PackageResources.closure_fr_txt),
        (.unusedAccount, .en, PackageResources.unused_account_en_txt),
        (.unusedAccount, .fr, PackageResources.unused_account_fr_txt),
        (.breach, .en, PackageResources.breach_en_txt),
        (.breach, .fr, PackageResources.breach_fr_txt),
    ]
}
