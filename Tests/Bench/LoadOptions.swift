/// How long and how hard a bench asks.
struct LoadOptions {
    static let usage = "[--seconds N] [--clients N] [--json FILE]"

    /// How long all rounds together take, 12 ... 3_600.
    let seconds: Int
    /// Connections that ask at the same time, 1 ... 64. With many more, a node with two lanes refuses
    /// logins that would wait too long, which is no measure of the storage.
    let clients: Int
    let jsonPath: String?

    init(_ words: [String]) throws(OptionError) {
        let words = try OptionWords(words, known: ["--seconds", "--clients", "--json"])
        seconds = try words.number("--seconds", in: 12...3_600, unless: 60)
        clients = try words.number("--clients", in: 1...64, unless: 8)
        jsonPath = words.text("--json")
    }
}
