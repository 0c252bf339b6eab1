import Accounts
package import Passwords

/// The policies by name: those shipped in `config/policies`, built into the program, and files.
package enum PolicyLibrary {
    /// Shipped policies by name.
    package static let shipped: [(name: String, data: [UInt8])] = [
        ("cnil-8x4", PackageResources.cnil_8x4_json5),
        ("cnil-80-12x4", PackageResources.cnil_80_12x4_json5),
        ("cnil-80-14x3", PackageResources.cnil_80_14x3_json5),
        ("cnil-passphrase-7", PackageResources.cnil_passphrase_7_json5),
        ("nist-63b-4", PackageResources.nist_63b_4_json5),
        ("anssi-15", PackageResources.anssi_15_json5),
    ]

    /// - Parameter reference: a shipped name, or the path of a file when it holds a slash or ends in
    ///   `.json5`.
    package static func policy(_ reference: String) throws(StartError) -> PasswordPolicy {
        let data = try data(reference)
        do {
            return try PasswordPolicy(json5: data)
        } catch {
            throw .configuration("policy \(reference): \(error.text)")
        }
    }

    /// The same for an audit: a policy that claims more than its rules give is read too.
    static func unjudged(_ reference: String) throws(StartError) -> PasswordPolicy {
        let data = try data(reference)
        do {
            return try PasswordPolicy(unjudged: data)
        } catch {
            throw .configuration("policy \(reference): \(error.text)")
        }
    }

    /// The file itself.
    static func data(_ reference: String) throws(StartError) -> [UInt8] {
        if reference.contains("/") || reference.hasSuffix(".json5") {
            do {
                return try readBoundedFile(reference, bytesMax: PasswordPolicy.fileBytesMax)
            } catch {
                throw .configuration("policy: cannot read \(reference): \(error.reason)")
            }
        }
        if let policy = shipped.first(where: { $0.name == reference }) { return policy.data }
        let names = shipped.map(\.name)
        let guess = nearest(to: reference, in: names).map { "; did you mean \($0)?" } ?? ""
        throw .configuration(
            "policy: there is no policy \(reference)\(guess) "
                + "(shipped: \(names.joined(separator: ", ")))")
    }

    /// The invariant that makes a short password lawful (CNIL, délibération 2022-100): a case 2 rule
    /// stands only while access restriction is on and meets the text's figures. Case 3 is for a
    /// device that the person holds, and no such device is checked here.
    ///
    /// - Parameter restriction: `nil` where throttling is off.
    package static func check(
        _ policy: PasswordPolicy, restriction: AccessRestriction?
    ) throws(StartError) {
        guard policy.requiresAccessRestriction else { return }
        let claim =
            "policy \(policy.name) is a case \(policy.cnilCase.rawValue) rule of CNIL délibération "
            + "2022-100, lawful only with "
        if policy.cnilCase == .heldDevice {
            throw .configuration(
                claim + "a device that the person holds, blocked after 3 failures: this service "
                    + "checks none; choose a policy of case 1 or 2")
        }
        guard let restriction else {
            throw .configuration(
                claim + "access restriction: throttling.enabled must be true, or choose a case 1 "
                    + "policy")
        }
        guard restriction.meetsCNIL else {
            let missed = restriction.evidence.filter { !$0.isMet }.map(\.text)
            throw .configuration(
                claim + "access restriction, which falls short: \(missed.joined(separator: "; "))")
        }
    }
}

extension Configuration {
    /// What restricts access with these settings; `nil` where throttling is off.
    package var accessRestriction: AccessRestriction? {
        throttling ? ThrottleSchedule.cnil.restriction : nil
    }
}
