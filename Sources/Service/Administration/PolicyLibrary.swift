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
        let data: [UInt8]
        if reference.contains("/") || reference.hasSuffix(".json5") {
            do {
                data = try readBoundedFile(reference, bytesMax: PasswordPolicy.fileBytesMax)
            } catch {
                throw .configuration("policy: cannot read \(reference): \(error.reason)")
            }
        } else if let policy = shipped.first(where: { $0.name == reference }) {
            data = policy.data
        } else {
            let names = shipped.map(\.name)
            let guess = nearest(to: reference, in: names).map { "; did you mean \($0)?" } ?? ""
            throw .configuration(
                "policy: there is no policy \(reference)\(guess) "
                    + "(shipped: \(names.joined(separator: ", ")))")
        }
        do {
            return try PasswordPolicy(json5: data)
        } catch {
            throw .configuration("policy \(reference): \(error.text)")
        }
    }

    /// The invariant that makes a short password lawful (CNIL, délibération 2022-100): a case 2
    /// rule stands only while access restriction is on.
    package static func check(
        _ policy: PasswordPolicy, throttling: Bool
    ) throws(StartError) {
        guard policy.requiresAccessRestriction, !throttling else { return }
        throw .configuration(
            "policy \(policy.name) is a case \(policy.cnilCase.rawValue) rule of CNIL délibération "
                + "2022-100, lawful only with access restriction: throttling.enabled must be true, "
                + "or choose a case 1 policy")
    }
}
