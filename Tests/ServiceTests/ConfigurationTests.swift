import Foundation
import HTTP
import Service
import Testing

/// The root of the repository.
let repositoryFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

private func text(of configuration: Configuration) -> String { String(describing: configuration) }

private func load(
    _ file: String? = nil, _ environment: [String: String] = [:],
    flags: [(name: String, value: String)] = []
) throws -> Configuration {
    let folder = try TemporaryFolder()
    let path = try file.map { try folder.file("loquet.json5", $0) }
    return try Configuration.load(path: path, environment: environment, flags: flags)
}

/// What a configuration is refused with.
private func refusal(
    _ file: String? = nil, _ environment: [String: String] = [:],
    flags: [(name: String, value: String)] = []
) throws -> String {
    do {
        _ = try load(file, environment, flags: flags)
    } catch let error as ConfigurationError {
        return error.text
    }
    throw Accepted()
}

private struct Accepted: Error {}

/// `hashing.passes: 3` as a file would say it.
private func file(_ setting: String, _ value: String) -> String {
    let parts = setting.split(separator: ".")
    return parts.reversed().reduce(value) { "{ \($1): \($0) }" }
}

/// Applies one setting alone: what settings ask of each other is not looked at.
private func apply(_ setting: String, _ value: String) throws -> Configuration {
    var configuration = Configuration()
    try configuration.apply(json5: Array(file(setting, value).utf8), named: "test")
    return configuration
}

@Suite struct `A setting` {
    @Test(arguments: Setting.all.map(\.name))
    func `is offered when its name is misspelt`(name: String) throws {
        let misspelt = name + "x"
        let wanted = "unknown setting \(misspelt); did you mean \(name)?"
        #expect(try refusal(file(misspelt, "1")) == wanted)
        #expect(try refusal(flags: [(misspelt, "1")]) == wanted)
        let setting = try #require(Setting.all.first { $0.name == name })
        #expect(
            try refusal(nil, [setting.variable + "X": "1"])
                == "unknown setting \(setting.variable)X; did you mean \(setting.variable)?")
    }

    @Test(arguments: Setting.all.map(\.name))
    func `names itself when its value is of another kind`(name: String) throws {
        let setting = try #require(Setting.all.first { $0.name == name })
        var wrong = ["[]", "{}", "1.5"]
        switch setting.kind {
        case .text, .secret: wrong += ["null", "1", "true"]
        case .optionalText: wrong += ["1", "true"]
        case .integer: wrong += ["null", "true", "'3'", "'64MiB'", "'1h'", "1e400"]
        case .boolean: wrong += ["null", "1", "'yes'"]
        }
        for value in wrong where value != "1e400" {
            let text = try refusal(file(name, value))
            // An object is looked into, so its place may be named instead of its kind.
            #expect(text.hasPrefix("\(name): expected \(setting.expected), got "), "\(value)")
        }
    }

    @Test(arguments: Setting.all.map(\.name))
    func `takes both ends of its range and nothing beyond`(name: String) throws {
        let setting = try #require(Setting.all.first { $0.name == name })
        guard case .integer(let range, let unit, _) = setting.kind else { return }
        #expect(!unit.isEmpty)
        let least = text(of: try apply(name, "\(range.lowerBound)"))
        let most = text(of: try apply(name, "\(range.upperBound)"))
        #expect(least != most)
        for value in ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "-1"] {
            let expected =
                "\(name): expected a whole number of \(unit), "
                + "\(range.lowerBound) ... \(range.upperBound), got "
            #expect(try refusal(file(name, value)) == expected + value)
            #expect(try refusal(nil, [setting.variable: value]) == expected + value)
            #expect(try refusal(flags: [(name, value)]) == expected + value)
        }
        for value in ["64MiB", "1h", " 3", "0x10", "3.0", ""] {
            #expect(
                try refusal(nil, [setting.variable: value]).hasPrefix("\(name): expected a whole"))
        }
    }

    @Test(arguments: Setting.all.map(\.name))
    func `is served by the service when it is at an end of its range`(name: String) throws {
        let setting = try #require(Setting.all.first { $0.name == name })
        guard case .integer(let range, _, _) = setting.kind, !name.hasPrefix("hashing.") else {
            return
        }
        for value in [range.lowerBound, range.upperBound] {
            let folder = try TemporaryFolder()
            let path = try folder.file("loquet.json5", file(name, "\(value)"))
            // An idle time above the standard absolute one is asked for together with it.
            let rest = ["LOQUET_SESSIONS_ABSOLUTE_SECONDS": "2592000"]
            let low = ["LOQUET_SESSIONS_IDLE_SECONDS": "120"]
            let environment = name == "sessions.idle_seconds" ? rest : low
            let asked = try Configuration.load(path: path, environment: environment, flags: [])
            let service = try RunningService {
                $0.sessions = asked.sessions
                $0.limits = asked.limits
                $0.queue = asked.queue
                $0.detection = asked.detection
                // Of the service's own tests only: so many connections need as many open files.
                $0.limits.connectionsMax = min($0.limits.connectionsMax, 4_096)
            }
            #expect(try service.call("GET", "/livez").status == 200, "\(name) = \(value)")
        }
    }

    @Test(arguments: [
        ("listen", "'localhost:8080'"), ("listen", "'127.0.0.1'"), ("listen", "'127.0.0.1:65536'"),
        ("listen", "''"), ("data", "''"), ("source", "'no uri'"), ("source", "'nothing'"),
        ("policy", "''"), ("hashing.engine", "'gpu'"),
        ("metrics.listen", "'9464'"), ("tls.certificate", "''"), ("tls.key", "''"),
    ])
    func `refuses a text that cannot be meant`(name: String, value: String) throws {
        let setting = try #require(Setting.all.first { $0.name == name })
        let got = value.replacingOccurrences(of: "'", with: "\"")
        #expect(
            try refusal(file(name, value)) == "\(name): expected \(setting.expected), got \(got)")
    }

    @Test(arguments: ["'mysql'", "''", "'postgresql://[x/secret'"])
    func `never repeats a connection string`(value: String) throws {
        let text = try refusal(file("storage", value))
        #expect(
            text
                == "storage: expected \"sqlite\" or a postgresql:// connection string, got something else"
        )
    }

    @Test func `comes from the file, then the environment, then a flag`() throws {
        let file = "{ listen: '127.0.0.1:1', hashing: { passes: 4 } }"
        let environment = [
            "LOQUET_LISTEN": "127.0.0.1:2", "PATH": "/bin", "LOQUET_CONFIG": "elsewhere",
        ]
        #expect(try load().listen == "127.0.0.1:8080")
        #expect(try load(file).listen == "127.0.0.1:1")
        #expect(try load(file, environment).listen == "127.0.0.1:2")
        let last = try load(file, environment, flags: [("listen", "127.0.0.1:3")])
        #expect(last.listen == "127.0.0.1:3")
        #expect(last.hashing.passes == 4)
        #expect(last.hashing.memoryKiB == 65_536)
    }

    @Test func `can be switched off in the environment where null is a value`() throws {
        #expect(try load(nil, ["LOQUET_METRICS_LISTEN": "off"]).metricsListen == nil)
        #expect(try load("{ metrics: { listen: null } }").metricsListen == nil)
        #expect(try !load(nil, ["LOQUET_THROTTLING_ENABLED": "false"]).throttling)
        #expect(
            try refusal(nil, ["LOQUET_THROTTLING_ENABLED": "no"])
                == "throttling.enabled: expected true or false, got \"no\"")
    }
}

@Suite struct `A configuration` {
    @Test(arguments: [
        (
            "{ hashing: { memory_kib: 65537, memory_budget_mib: 64 } }",
            "hashing.memory_budget_mib: expected at least 65 MiB"
        ),
        ("{ tls: { certificate: 'a' } }", "tls.key is missing"),
        ("{ tls: { key: 'a' } }", "tls.certificate is missing"),
        (
            "{ sessions: { absolute_seconds: 300, idle_seconds: 301 } }",
            "sessions.idle_seconds: expected at most sessions.absolute_seconds"
        ),
    ])
    func `refuses settings that contradict each other`(file: String, start: String) throws {
        #expect(try refusal(file).hasPrefix(start))
    }

    @Test func `takes settings that just agree`() throws {
        _ = try load("{ hashing: { memory_kib: 65536, memory_budget_mib: 64 } }")
        _ = try load("{ sessions: { absolute_seconds: 300, idle_seconds: 300 } }")
        #expect(try load("{ tls: { certificate: 'a', key: 'b' } }").tls?.key == "b")
    }

    @Test(arguments: ["", "{", "[]", "listen: 1", "{ hashing: 1 }", "\u{0}"])
    func `refuses a file that is none`(content: String) throws {
        #expect(!(try refusal(content)).isEmpty)
    }

    @Test func `names a file that is not there, or too large`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("missing.json5")
        #expect(
            throws: ConfigurationError.unreadable(path: path, reason: "No such file or directory")
        ) {
            try Configuration.load(path: path, environment: [:], flags: [])
        }
        let large = try folder.file("large.json5", String(repeating: " ", count: 1_048_577))
        #expect(throws: ConfigurationError.self) {
            try Configuration.load(path: large, environment: [:], flags: [])
        }
    }

    @Test func `is nowhere cheaper than the floor`() {
        for (name, value) in [("hashing.memory_kib", "19455"), ("hashing.passes", "1")] {
            #expect(throws: ConfigurationError.self) { try apply(name, value) }
        }
    }
}

@Suite struct `The shipped configuration file` {
    private let data: [UInt8]

    init() throws {
        data = Array(
            try Data(contentsOf: repositoryFolder.appendingPathComponent("config/loquet.json5")))
    }

    @Test func `gives every setting its default`() throws {
        var configuration = Configuration()
        try configuration.apply(json5: data, named: "config/loquet.json5")
        #expect(text(of: configuration) == text(of: Configuration()))
    }

    @Test func `lists every setting and only them`() throws {
        let tree = try JSONValue(json5: data, named: "config/loquet.json5")
        #expect(names(in: tree, prefix: "").sorted() == Setting.all.map(\.name).sorted())
    }

    @Test func `says the range of every number`() {
        let text = String(decoding: data, as: UTF8.self)
        for setting in Setting.all {
            guard case .integer(let range, _, _) = setting.kind else { continue }
            #expect(
                text.contains("\(range.lowerBound) ... \(range.upperBound)"), "\(setting.name)")
        }
    }

    private func names(in tree: JSONValue, prefix: String) -> [String] {
        guard case .object(let members) = tree else { return [String(prefix.dropLast())] }
        return members.flatMap { names(in: $0.value, prefix: prefix + $0.name + ".") }
    }
}
