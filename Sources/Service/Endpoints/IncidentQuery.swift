import Accounts
package import Incidents

/// What a page of the register is asked for: `state=open&after=inc_…&max=50`, each at most once.
package struct IncidentQuery: Equatable, Sendable {
    package private(set) var state: IncidentState?
    package private(set) var after: IncidentID?
    package private(set) var max = IncidentBook.pageDefault

    /// - Parameter query: as it stands behind the question mark. None of its values needs an escape, so
    ///   none is undone.
    /// - Throws: 400 naming the parameter.
    package init(_ query: String) throws(Problem) {
        var seen: Set<Substring> = []
        for part in query.split(separator: "&", omittingEmptySubsequences: true) {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count == 2 ? String(halves[1]) : ""
            let name = halves[0]
            switch name {
            case "state":
                let known = IncidentState.allCases.map(\.rawValue).joined(separator: ", ")
                guard let state = IncidentState(rawValue: value) else {
                    throw .invalid(field: "state", expected: "one of \(known)")
                }
                self.state = state
            case "after":
                guard let after = IncidentID(parsing: value) else {
                    throw .invalid(field: "after", expected: "the next of the page before")
                }
                self.after = after
            case "max":
                let range = IncidentBook.pageRange
                guard let max = Int(value), String(max) == value, range.contains(max) else {
                    throw .invalid(
                        field: "max",
                        expected: "a whole number, \(range.lowerBound) ... \(range.upperBound)")
                }
                self.max = max
            default:
                throw .invalid(
                    field: String(name.unicodeScalars.prefix(40).map(Character.init)),
                    expected: "state, after or max")
            }
            guard seen.insert(name).inserted else {
                throw .invalid(field: String(name), expected: "this parameter once")
            }
        }
    }
}
