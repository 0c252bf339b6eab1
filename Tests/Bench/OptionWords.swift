/// What is wrong with a bench's options.
struct OptionError: Error {
    let text: String
}

/// `--name value` pairs, each name known and at most once.
struct OptionWords {
    private var values: [String: String] = [:]

    init(_ words: [String], known: [String]) throws(OptionError) {
        var rest = words[...]
        while let name = rest.popFirst() {
            guard known.contains(name) else { throw OptionError(text: "unknown option \(name)") }
            guard let value = rest.popFirst() else {
                throw OptionError(text: "\(name) needs a value")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw OptionError(text: "\(name) is given twice")
            }
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func number(
        _ name: String, in range: ClosedRange<Int>, unless given: Int
    ) throws(OptionError) -> Int {
        guard let text = values[name] else { return given }
        guard let number = Int(text), range.contains(number) else {
            throw OptionError(
                text: "\(name): expected \(range.lowerBound) ... \(range.upperBound), got \(text)")
        }
        return number
    }
}
