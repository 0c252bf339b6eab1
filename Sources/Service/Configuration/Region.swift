/// Where an endpoint keeps or passes on people's data: a country, by ISO 3166-1 alpha-2.
///
/// The promise is "exclusively in the European Union", so exactly its member states count. Iceland,
/// Liechtenstein and Norway do not: data may lawfully go there, because the GDPR applies in the whole
/// European Economic Area (Decision 154/2018 of the EEA Joint Committee), but they are not in the Union,
/// and people were told the Union. A deployment that uses one of them records why. Parts of a member
/// state with a code of their own (RE, GP, AX, …) are declared by the member's code where the Treaties
/// apply to them (art. 355 TFEU), and by their own where they do not (NC, PF, GL, …).
package struct Region: Hashable, Sendable {
    /// Two capital letters.
    package let code: String

    /// - Returns: `nil` unless the text is two capital letters.
    package init?(code: String) {
        guard code.utf8.count == 2, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            return nil
        }
        self.code = code
    }

    package var isInUnion: Bool { Self.members.contains(code) }

    /// The 27 member states since 1 February 2020. Greece is GR here, not the Union's own "EL".
    package static let members: Set<String> = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ]
}

/// What the configuration says of where one endpoint is.
package struct RegionDeclaration: Equatable, Sendable {
    package var region: Region?
    /// Why it may be used although it is outside the Union, or nobody knows where it is.
    package var reason: String?

    package init() {}
}

extension Configuration {
    /// Where everything is that people's data goes to.
    package struct Regions: Equatable, Sendable {
        /// This machine: the data directory, SQLite, and whatever is reached without leaving it.
        package var host = RegionDeclaration()
        package var storage = RegionDeclaration()
        package var backup = RegionDeclaration()
        package var webhook = RegionDeclaration()
        package var amqp = RegionDeclaration()
        package var mail = RegionDeclaration()

        package init() {}
    }
}

extension Setting {
    static let regions =
        region("region", \.host) + region("storage_region", \.storage)
        + region("backup.region", \.backup) + region("sinks.webhook.region", \.webhook)
        + region("sinks.amqp.region", \.amqp) + region("mail.region", \.mail)

    private static func region(
        _ name: String,
        _ field: any WritableKeyPath<Configuration.Regions, RegionDeclaration> & Sendable
    ) -> [Setting] {
        [
            Setting(
                name: name,
                kind: .optionalText(
                    expected: "a country's two capital letters (ISO 3166-1), as \"FR\""
                ) { text, configuration in
                    configuration.regions[keyPath: field].region = text.flatMap(Region.init)
                    return text == nil || configuration.regions[keyPath: field].region != nil
                }),
            Setting(
                name: name + "_reason",
                kind: .optionalText(expected: "a reason of 1 to 200 characters on one line") {
                    text, configuration in
                    configuration.regions[keyPath: field].reason = text
                    return text.map(isReason) ?? true
                }),
        ]
    }
}

/// A reason as it is recorded: somebody reads it again, in a line of its own.
package func isReason(_ text: String) -> Bool {
    (1...200).contains(text.unicodeScalars.count)
        && text.unicodeScalars.contains { !$0.properties.isWhitespace }
        && text.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format: false
            default: true
            }
        }
}
