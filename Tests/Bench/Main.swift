import Foundation

@main enum Main {
    static func main() {
        exit(runBench(Array(CommandLine.arguments.dropFirst())))
    }
}

/// Why a measurement is not worth anything.
struct BenchError: Error {
    let text: String
}

private let usage =
    "usage: bench storage|logins|timing|resets [--seconds N] [--clients N] [--json FILE]"

private func runBench(_ words: [String]) -> Int32 {
    do {
        if words.first == NodeProcess.word {
            try NodeProcess.serve(Array(words.dropFirst()))
            return 0
        }
        guard let options = Options(words) else {
            complain(usage)
            return 2
        }
        switch options.bench {
        case .storage: try measureStorage(options)
        case .logins: try measureLogins(options)
        case .timing: try measureTiming(options)
        case .resets: try measureResets(options)
        }
        return 0
    } catch let error as BenchError {
        complain("bench: \(error.text)")
    } catch {
        complain("bench: \(error)")
    }
    return 1
}

struct Options {
    enum Bench: String {
        case storage
        case logins
        case timing
        case resets
    }

    let bench: Bench
    /// How long all rounds together take, 6 ... 3_600.
    var seconds = 60
    /// Connections that ask at the same time, 1 ... 64. With many more, a node with two lanes refuses
    /// logins that would wait too long, which is no measure of the storage.
    var clients = 8
    var jsonPath: String?

    /// `nil` when the words are not the ones that ``usage`` names.
    init?(_ words: [String]) {
        guard let bench = words.first.flatMap(Bench.init), words.count % 2 == 1 else { return nil }
        self.bench = bench
        for index in stride(from: 1, to: words.count, by: 2) {
            let value = words[index + 1]
            switch words[index] {
            case "--seconds":
                guard let number = Int(value), (6...3_600).contains(number) else { return nil }
                seconds = number
            case "--clients":
                guard let number = Int(value), (1...64).contains(number) else { return nil }
                clients = number
            case "--json": jsonPath = value
            default: return nil
            }
        }
    }
}

func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
}
