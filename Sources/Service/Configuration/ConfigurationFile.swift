import Foundation

extension Configuration {
    /// Reads the file, then the environment, then flags; what comes later wins.
    ///
    /// - Parameters:
    ///   - path: the configuration file; `nil` for the defaults.
    ///   - environment: only names that begin with `LOQUET_` are looked at; one that is no setting
    ///     is an error, because a misspelt limit must not pass for a set one.
    ///   - flags: setting names and values from the command line.
    package static func load(
        path: String?, environment: [String: String], flags: [(name: String, value: String)]
    ) throws(ConfigurationError) -> Configuration {
        var configuration = Configuration()
        if let path { try configuration.apply(file: path) }
        try configuration.apply(environment: environment)
        for (name, value) in flags {
            try Setting.named(name).apply(text: value, to: &configuration)
        }
        try configuration.checkTogether()
        return configuration
    }

    private mutating func apply(file path: String) throws(ConfigurationError) {
        let data: [UInt8]
        do {
            data = try readBoundedFile(path, bytesMax: 1_048_576)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        try apply(json5: data, named: path)
    }

    /// - Parameter name: what errors call the text.
    package mutating func apply(
        json5 data: [UInt8], named name: String
    ) throws(ConfigurationError) {
        try apply(tree: try JSONValue(json5: data, named: name), prefix: "")
    }

    private mutating func apply(tree: JSONValue, prefix: String) throws(ConfigurationError) {
        guard case .object(let members) = tree else {
            throw .badValue(
                setting: prefix.isEmpty ? "the file" : String(prefix.dropLast()),
                expected: "an object", got: tree.kind)
        }
        for member in members {
            let name = prefix + member.name
            if Setting.all.contains(where: { $0.name.hasPrefix(name + ".") }) {
                try apply(tree: member.value, prefix: name + ".")
            } else {
                try Setting.named(name).apply(member.value, to: &self)
            }
        }
    }

    private mutating func apply(
        environment: [String: String]
    ) throws(ConfigurationError) {
        for (variable, value) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix("LOQUET_") && !Setting.otherVariables.contains(variable) {
            guard let setting = Setting.all.first(where: { $0.variable == variable }) else {
                throw .unknownSetting(
                    name: variable, nearest: nearest(to: variable, in: Setting.all.map(\.variable)))
            }
            try setting.apply(text: value, to: &self)
        }
    }

    /// What no single setting can see.
    private func checkTogether() throws(ConfigurationError) {
        if let tls, tls.certificate.isEmpty || tls.key.isEmpty {
            let missing = tls.key.isEmpty ? "tls.key" : "tls.certificate"
            throw .conflict("\(missing) is missing: TLS needs the certificate and its key")
        }
        let arenaMiB = Int(hashing.memoryKiB + 1_023) / 1_024
        guard hashing.memoryBudgetMiB >= arenaMiB else {
            throw .conflict(
                "hashing.memory_budget_mib: expected at least \(arenaMiB) MiB, one arena of "
                    + "hashing.memory_kib, got \(hashing.memoryBudgetMiB)")
        }
        guard sessions.idleSeconds <= sessions.absoluteSeconds else {
            throw .conflict("sessions.idle_seconds: expected at most sessions.absolute_seconds")
        }
    }
}

extension Setting {
    /// Variables of ours that are not settings.
    fileprivate static let otherVariables: Set<String> = ["LOQUET_CONFIG"]

    fileprivate static func named(_ name: String) throws(ConfigurationError) -> Setting {
        guard let setting = all.first(where: { $0.name == name }) else {
            throw .unknownSetting(name: name, nearest: nearest(to: name, in: all.map(\.name)))
        }
        return setting
    }
}

extension JSONValue {
    /// JSON5 as the standard decoder reads it. Of two members with one name the first wins; that
    /// is tolerable where an operator writes the file, and only there.
    package init(json5 data: [UInt8], named name: String) throws(ConfigurationError) {
        // Foundation 6.3 ends the process over a key without quotes that is not UTF-8.
        guard String(validating: data, as: UTF8.self) != nil else {
            throw .notJSON5(path: name, reason: "it is not UTF-8")
        }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do {
            self = try decoder.decode(Tree.self, from: Data(data)).value
        } catch let error as DecodingError {
            throw .notJSON5(path: name, reason: jsonReason(error))
        } catch {
            throw .notJSON5(path: name, reason: "it could not be decoded")
        }
    }
}

/// The decoder's own words, which give line and column and never the content.
private func jsonReason(_ error: DecodingError) -> String {
    guard case .dataCorrupted(let context) = error else { return "it is nested too deeply" }
    let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey]
    return (detail as? String) ?? context.debugDescription
}

private struct Tree: Decodable {
    let value: JSONValue

    struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count < JSONReader.depthMax else {
            throw DecodingError.valueNotFound(
                Tree.self, .init(codingPath: decoder.codingPath, debugDescription: "too deep"))
        }
        if let object = orNil({ try decoder.container(keyedBy: Name.self) }) {
            value = .object(
                try object.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
                    .init(
                        name: $0.stringValue, value: try object.decode(Tree.self, forKey: $0).value)
                })
        } else if var array = orNil({ try decoder.unkeyedContainer() }) {
            var elements: [JSONValue] = []
            while !array.isAtEnd { elements.append(try array.decode(Tree.self).value) }
            value = .array(elements)
        } else {
            value = try Tree.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> JSONValue {
        if container.decodeNil() { return .null }
        if let flag = orNil({ try container.decode(Bool.self) }) { return .boolean(flag) }
        if let number = orNil({ try container.decode(Int64.self) }) { return .integer(number) }
        if let number = orNil({ try container.decode(Double.self) }) { return .decimal(number) }
        return .string(try container.decode(String.self))
    }
}

/// The decoder tells kinds apart only by failing.
private func orNil<Value>(_ attempt: () throws -> Value) -> Value? {
    do {
        return try attempt()
    } catch {
        return nil
    }
}
