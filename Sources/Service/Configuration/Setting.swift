/// One thing an operator can set: its name, the values it takes, and where it goes.
///
/// The same row serves the file, the environment (`LOQUET_` and the name in capitals) and flags, so
/// no source of settings knows one that another does not.
package struct Setting: Sendable {
    /// Dotted, as in the file: `hashing.memory_kib`.
    package let name: String
    package let kind: Kind

    package enum Kind: Sendable {
        case text(expected: String, @Sendable (String, inout Configuration) -> Bool)
        /// Text that may hold a password: never repeated in an error.
        case secret(expected: String, @Sendable (String, inout Configuration) -> Bool)
        case integer(ClosedRange<Int>, unit: String, @Sendable (Int, inout Configuration) -> Void)
        case boolean(@Sendable (Bool, inout Configuration) -> Void)
        /// Text, or null for "off".
        case optionalText(expected: String, @Sendable (String?, inout Configuration) -> Bool)
        /// The same for text that is never repeated in an error.
        case optionalSecret(expected: String, @Sendable (String?, inout Configuration) -> Bool)
    }

    /// The name of the environment variable.
    package var variable: String {
        "LOQUET_" + name.uppercased().split(separator: ".").joined(separator: "_")
    }

    /// - Throws: ``ConfigurationError/badValue(setting:expected:got:)``; `configuration` is then as before.
    func apply(
        _ value: JSONValue, to configuration: inout Configuration
    ) throws(ConfigurationError) {
        switch (kind, value) {
        case (.text(_, let set), .string(let text)), (.secret(_, let set), .string(let text)):
            guard set(text, &configuration) else { throw refusal(of: value) }
        case (.optionalText(_, let set), .string(let text)),
            (.optionalSecret(_, let set), .string(let text)):
            guard set(text, &configuration) else { throw refusal(of: value) }
        case (.optionalText(_, let set), .null), (.optionalSecret(_, let set), .null):
            guard set(nil, &configuration) else { throw refusal(of: value) }
        case (.integer(let range, _, let set), .integer(let number)):
            guard let number = Int(exactly: number), range.contains(number) else {
                throw refusal(of: value)
            }
            set(number, &configuration)
        case (.boolean(let set), .boolean(let flag)): set(flag, &configuration)
        default: throw refusal(of: value)
        }
    }

    /// The same for the environment and flags, where everything is text.
    func apply(text: String, to configuration: inout Configuration) throws(ConfigurationError) {
        let value: JSONValue =
            switch kind {
            case .text, .secret: .string(text)
            case .optionalText, .optionalSecret: text == "off" ? .null : .string(text)
            case .integer: Int64(text).map(JSONValue.integer) ?? .string(text)
            case .boolean:
                switch text {
                case "true": true
                case "false": false
                default: .string(text)
                }
            }
        try apply(value, to: &configuration)
    }

    /// What a value must look like, in words.
    package var expected: String {
        switch kind {
        case .text(let expected, _), .secret(let expected, _): expected
        case .optionalText(let expected, _), .optionalSecret(let expected, _):
            expected + ", or null"
        case .boolean: "true or false"
        case .integer(let range, let unit, _):
            "a whole number of \(unit), \(range.lowerBound) ... \(range.upperBound)"
        }
    }

    private var isSecret: Bool {
        switch kind {
        case .secret, .optionalSecret: true
        default: false
        }
    }

    private func refusal(of value: JSONValue) -> ConfigurationError {
        let got =
            switch value {
            case .string where isSecret: "something else"
            case .integer(let number): String(number)
            // A long text may be anything, a password included; its kind is enough to find it.
            case .string(let text) where text.utf8.count <= 64: "\"\(text)\""
            default: value.kind
            }
        return .badValue(setting: name, expected: expected, got: got)
    }
}
