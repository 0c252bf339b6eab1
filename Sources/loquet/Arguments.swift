import Service

/// What a command was given. An option that a command does not know is an error that names the
/// nearest one it does.
struct Arguments: Sendable {
    /// Options with a value by name, `--data`; the last one counts.
    let values: [String: String]
    let flags: Set<String>
    let positionals: [String]

    init(
        _ arguments: [String], values known: [String], flags knownFlags: [String] = [],
        positionals countRange: ClosedRange<Int> = 0...0
    ) throws(UsageError) {
        var values: [String: String] = [:]
        var flags: Set<String> = []
        var positionals: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if !argument.hasPrefix("--") {
                positionals.append(argument)
            } else if knownFlags.contains(argument) {
                flags.insert(argument)
            } else if known.contains(argument) {
                guard let value = rest.popFirst() else {
                    throw UsageError(text: "\(argument) needs a value")
                }
                values[argument] = value
            } else if let split = argument.firstIndex(of: "="),
                known.contains(String(argument[..<split]))
            {
                values[String(argument[..<split])] = String(
                    argument[argument.index(after: split)...])
            } else {
                let guess = nearest(to: argument, in: known + knownFlags)
                throw UsageError(
                    text: "unknown option \(argument)"
                        + (guess.map { "; did you mean \($0)?" } ?? ""))
            }
        }
        guard countRange.contains(positionals.count) else {
            throw UsageError(
                text: positionals.count > countRange.upperBound
                    ? "unexpected argument \(positionals[countRange.upperBound])"
                    : "an argument is missing")
        }
        self.values = values
        self.flags = flags
        self.positionals = positionals
    }
}

extension Arguments {
    /// - Parameter given: the answer when the option is not there.
    func number(
        _ option: String, in range: ClosedRange<Int>, unless given: Int
    ) throws(UsageError) -> Int {
        guard let text = values[option] else { return given }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                text: "\(option): expected a whole number, \(range.lowerBound) ... "
                    + "\(range.upperBound), got \(text)")
        }
        return number
    }
}

/// The command line itself is wrong. Exit code 2.
struct UsageError: Error, Equatable, Sendable {
    let text: String
}

extension UsageError {
    /// A command that has no such subcommand.
    init(unknown word: String?, of command: String, known: [String]) {
        guard let word else {
            self.init(text: "loquet \(command) needs one of: \(known.joined(separator: ", "))")
            return
        }
        let guess = nearest(to: word, in: known).map { "; did you mean \($0)?" } ?? ""
        self.init(text: "unknown command \(command) \(word)\(guess)")
    }
}
