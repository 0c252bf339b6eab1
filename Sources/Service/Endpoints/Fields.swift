package import HTTP

/// The members of a request's JSON object, taken one by one; what is not taken is not allowed.
///
/// Every refusal names the field, by its path from the top: `client.ip`.
package struct Fields: Sendable {
    private let members: [JSONValue.Member]
    private let path: String

    /// - Parameter allowed: every member this request may have.
    /// - Throws: 415 for another media type, 400 for anything but such an object.
    package init(
        _ request: Request, allowed: [String], mayBeEmpty: Bool = false
    ) throws(Problem) {
        if mayBeEmpty, request.body.isEmpty {
            try self.init(.object([]), allowed: allowed, path: "")
            return
        }
        guard isJSON(request.header("Content-Type")) else {
            throw Problem(.unsupportedMediaType, "Content-Type: expected application/json")
        }
        try self.init(body: request.body, allowed: allowed)
    }

    /// - Throws: 400 for anything but a JSON object with members from `allowed`.
    package init(body: [UInt8], allowed: [String]) throws(Problem) {
        let value: JSONValue
        do {
            value = try JSONReader.read(body)
        } catch {
            throw Problem(error)
        }
        try self.init(value, allowed: allowed, path: "")
    }

    private init(_ value: JSONValue, allowed: [String], path: String) throws(Problem) {
        guard case .object(let members) = value else {
            throw .invalid(
                field: path.isEmpty ? "body" : String(path.dropLast()), expected: "an object")
        }
        for member in members where !allowed.contains(member.name) {
            let guess = nearest(to: member.name, in: allowed)
            throw Problem(
                .invalidRequest,
                "\(path)\(short(member.name)): unknown field"
                    + (guess.map { "; did you mean \($0)?" } ?? ""),
                extra: [.init(name: "field", value: .string(path + short(member.name)))])
        }
        self.members = members
        self.path = path
    }

    /// Whether it is there, null included.
    package func has(_ name: String) -> Bool { self[name] != nil }

    /// - Throws: 400 when it is missing or no string.
    package func text(_ name: String) throws(Problem) -> String {
        guard let text = try optionalText(name) else {
            throw .invalid(field: path + name, expected: "a string")
        }
        return text
    }

    /// A string; `nil` when it is missing or null.
    package func optionalText(_ name: String) throws(Problem) -> String? {
        switch self[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .invalid(field: path + name, expected: "a string")
        }
    }

    package func optionalInteger(
        _ name: String, in range: ClosedRange<Int>
    ) throws(Problem) -> Int? {
        switch self[name] {
        case nil, .null: return nil
        case .integer(let number) where range.contains(Int(number)): return Int(number)
        default:
            throw .invalid(
                field: path + name,
                expected: "a whole number, \(range.lowerBound) ... \(range.upperBound)")
        }
    }

    /// An array of 1 to `countMax` strings; `nil` when it is missing or null.
    package func optionalTexts(_ name: String, countMax: Int) throws(Problem) -> [String]? {
        switch self[name] {
        case nil, .null: return nil
        default: return try texts(name, countMax: countMax)
        }
    }

    /// An array of 1 to `countMax` strings.
    package func texts(_ name: String, countMax: Int) throws(Problem) -> [String] {
        let expected = "an array of 1 to \(countMax) strings"
        guard case .array(let elements) = self[name], (1...countMax).contains(elements.count)
        else { throw .invalid(field: path + name, expected: expected) }
        var texts: [String] = []
        for case .string(let text) in elements { texts.append(text) }
        guard texts.count == elements.count else {
            throw .invalid(field: path + name, expected: expected)
        }
        return texts
    }

    /// An object of 1 to `countMax` strings, by their names.
    package func textsByName(
        _ name: String, countMax: Int
    ) throws(Problem) -> [(name: String, text: String)] {
        let expected = "an object of 1 to \(countMax) strings"
        guard case .object(let members) = self[name], (1...countMax).contains(members.count)
        else { throw .invalid(field: path + name, expected: expected) }
        var texts: [(name: String, text: String)] = []
        for member in members {
            guard case .string(let text) = member.value else {
                throw .invalid(field: path + name, expected: expected)
            }
            texts.append((member.name, text))
        }
        return texts
    }

    /// A nested object; `nil` when it is missing or null.
    package func optionalObject(
        _ name: String, allowed: [String]
    ) throws(Problem) -> Fields? {
        switch self[name] {
        case nil, .null: return nil
        case .some(let value): return try Fields(value, allowed: allowed, path: "\(path)\(name).")
        }
    }

    /// The whole object without the fields that hold secrets, in a spelling that does not depend on
    /// the order of its members.
    package func content(without secrets: Set<String>) -> [UInt8] {
        stripped(.object(members), of: secrets).bytes
    }

    private subscript(name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }
}

private func stripped(_ value: JSONValue, of secrets: Set<String>) -> JSONValue {
    guard case .object(let members) = value else { return value }
    let kept = members.filter { !secrets.contains($0.name) }.sorted { $0.name < $1.name }
    return .object(
        kept.map { .init(name: $0.name, value: stripped($0.value, of: secrets)) })
}

extension Problem {
    fileprivate init(_ error: JSONError) {
        switch error {
        case .unexpected(let offset, let expected):
            self = .invalid(field: "body", expected: "JSON; at byte \(offset), \(expected)")
        case .invalidUTF8(let offset):
            self = .invalid(field: "body", expected: "UTF-8; at byte \(offset) it is not")
        case .tooDeep(let offset):
            self = .invalid(
                field: "body",
                expected: "at most \(JSONReader.depthMax) levels; byte \(offset) is deeper")
        case .duplicate(let field):
            self = .invalid(field: short(field), expected: "this field once")
        }
    }
}

/// A name from outside, as far as it helps to find it.
private func short(_ name: String) -> String {
    String(name.unicodeScalars.prefix(40).map(Character.init))
}

private func isJSON(_ contentType: String?) -> Bool {
    guard let contentType else { return false }
    let parts = contentType.lowercased().split(separator: ";", maxSplits: 1)
        .map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
    guard parts.first == "application/json" else { return false }
    return parts.count == 1 || parts[1].isEmpty || parts[1] == "charset=utf-8"
}
