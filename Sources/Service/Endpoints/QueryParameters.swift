import HTTP

/// What stands behind a path's question mark: `purpose=P5&max=50`, each name at most once. No value that
/// we take needs an escape, so none is undone.
package struct QueryParameters: Equatable, Sendable {
    private let values: [String: String]

    init(_ request: Request, allowed: [String]) throws(Problem) {
        try self.init(request.query ?? "", allowed: allowed)
    }

    /// - Throws: 400 naming the parameter.
    package init(_ query: String, allowed: [String]) throws(Problem) {
        var values: [String: String] = [:]
        for part in query.split(separator: "&", omittingEmptySubsequences: true) {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0])
            guard allowed.contains(name) else {
                let words = allowed.joined(separator: ", ")
                throw .invalid(
                    field: String(name.unicodeScalars.prefix(40).map(Character.init)),
                    expected: allowed.isEmpty ? "no parameters" : "one of \(words)")
            }
            guard
                values.updateValue(halves.count == 2 ? String(halves[1]) : "", forKey: name) == nil
            else { throw .invalid(field: name, expected: "this parameter once") }
        }
        self.values = values
    }

    package subscript(name: String) -> String? { values[name] }
}
