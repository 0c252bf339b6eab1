import HTTP
import Incidents
import Passwords
import Storage

extension Setting {
    /// Every setting there is. `config/loquet.json5` documents each; a test holds the two together.
    package static let all: [Setting] =
        [
            Setting(
                name: "listen",
                kind: .text(expected: "HOST:PORT such as \"127.0.0.1:8080\" or \"[::1]:8080\"") {
                    $1.listen = $0
                    return isListenAddress($0)
                }),
            Setting(
                name: "data",
                kind: .text(expected: "the path of a directory") {
                    $1.data = $0
                    return !$0.isEmpty
                }),
            Setting(
                name: "source",
                kind: .text(
                    expected: "a URI of at most 255 characters, as https://auth.example.com"
                ) {
                    $1.source = $0
                    return Deployment(uri: $0) != nil
                }),
            Setting(
                name: "service_name",
                kind: .text(expected: "a name of at most 100 characters") {
                    $1.serviceName = $0
                    return $0.unicodeScalars.count <= 100
                }),
            Setting(
                name: "storage",
                kind: .secret(expected: "\"sqlite\" or a postgresql:// connection string") {
                    $1.storage = $0
                    return isDatabase($0)
                }),
            Setting(
                name: "policy",
                kind: .text(expected: "the name of a policy, or the path of a policy file") {
                    $1.policy = $0
                    return !$0.isEmpty
                }),
            Setting(name: "throttling.enabled", kind: .boolean { $1.throttling = $0 }),
        ] + screening + hashing + sessions + limits + [
            Setting(
                name: "tls.certificate",
                kind: .optionalText(expected: "the path of a PEM file") { path, configuration in
                    setTLS(path, \.certificate, &configuration)
                }),
            Setting(
                name: "tls.key",
                kind: .optionalText(expected: "the path of a PEM file") { path, configuration in
                    setTLS(path, \.key, &configuration)
                }),
            Setting(
                name: "metrics.listen",
                kind: .optionalText(expected: "HOST:PORT") {
                    $1.metricsListen = $0
                    return $0.map(isListenAddress) ?? true
                }),
            Setting(
                name: "audit.checkpoint_file",
                kind: .optionalText(expected: "the path of a file") {
                    $1.auditCheckpointFile = $0
                    return $0 != ""
                }),
            Setting(
                name: "queue.attempts_max",
                kind: .integer(1...100, unit: "deliveries") { $1.queue.attemptsMax = $0 }),
        ] + detection + sinks + incidents + regions

    private static let screening = [
        Setting(
            name: "blocklist.files",
            kind: .optionalText(expected: "the paths of word files, separated by commas") {
                $1.blocklistFiles = $0.map(listOfPaths) ?? []
                return !$1.blocklistFiles.contains("")
            }),
        Setting(
            name: "corpus.file",
            kind: .optionalText(expected: "the path of a file made by loquet corpus build") {
                $1.corpusFile = $0
                return $0 != ""
            }),
        Setting(
            name: "retention.file",
            kind: .optionalText(expected: "the path of a retention file") {
                $1.retentionFile = $0
                return $0 != ""
            }),
    ]

    private static let hashing = [
        // The lower ends are OWASP's minimum: no configuration can hash more cheaply.
        Setting(
            name: "hashing.memory_kib",
            kind: .integer(19_456...1_048_576, unit: "KiB") {
                $1.hashing.memoryKiB = UInt32($0)
            }),
        Setting(
            name: "hashing.passes",
            kind: .integer(2...10, unit: "passes over memory") { $1.hashing.passes = UInt32($0) }),
        Setting(
            name: "hashing.parallelism",
            kind: .integer(1...4, unit: "Argon2 lanes") { $1.hashing.parallelism = UInt32($0) }),
        Setting(
            name: "hashing.engine",
            kind: .text(expected: "\"auto\" or \"libargon2\"") {
                guard let engine = Argon2Engine.Setting(rawValue: $0) else { return false }
                $1.hashing.engine = engine
                return true
            }),
        Setting(
            name: "hashing.memory_budget_mib",
            kind: .integer(19...1_048_576, unit: "MiB") { $1.hashing.memoryBudgetMiB = $0 }),
        Setting(
            name: "hashing.wait_max_seconds",
            kind: .integer(1...60, unit: "seconds") { $1.hashing.waitMaxSeconds = $0 }),
    ]

    // 30 days is the longest that NIST SP 800-63B-4 gives a password alone.
    private static let sessions = [
        Setting(
            name: "sessions.absolute_seconds",
            kind: .integer(300...2_592_000, unit: "seconds") {
                $1.sessions.absoluteSeconds = $0
            }),
        Setting(
            name: "sessions.idle_seconds",
            kind: .integer(120...2_592_000, unit: "seconds") { $1.sessions.idleSeconds = $0 }),
    ]

    private static let limits = [
        Setting(
            name: "limits.header_bytes",
            kind: .integer(4_096...65_536, unit: "bytes") { $1.limits.headerBytesMax = $0 }),
        Setting(
            name: "limits.body_bytes",
            kind: .integer(8_192...1_048_576, unit: "bytes") { $1.limits.bodyBytesMax = $0 }),
        Setting(
            name: "limits.connections",
            kind: .integer(16...100_000, unit: "connections") { $1.limits.connectionsMax = $0 }),
        Setting(
            name: "limits.connections_per_address",
            kind: .integer(1...100_000, unit: "connections") {
                $1.limits.connectionsPerAddressMax = $0
            }),
        Setting(
            name: "limits.idle_seconds",
            kind: .integer(1...3_600, unit: "seconds") { $1.limits.idle = .seconds($0) }),
        Setting(
            name: "limits.request_seconds",
            kind: .integer(1...3_600, unit: "seconds") { $1.limits.wholeRequest = .seconds($0) }),
    ]
}

private func setTLS(
    _ path: String?, _ field: WritableKeyPath<Configuration.TLSFiles, String>,
    _ configuration: inout Configuration
) -> Bool {
    guard let path else { return true }
    var tls = configuration.tls ?? Configuration.TLSFiles()
    tls[keyPath: field] = path
    configuration.tls = tls
    return !path.isEmpty
}

/// Paths between commas, without the spaces around them.
private func listOfPaths(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        let isPath = { (character: Character) in character != " " }
        guard let first = part.firstIndex(where: isPath), let last = part.lastIndex(where: isPath)
        else { return "" }
        return String(part[first...last])
    }
}

private func isDatabase(_ text: String) -> Bool {
    do {
        _ = try DatabaseLocation(parsing: text, defaultPath: "")
        return true
    } catch {
        return false
    }
}

private func isListenAddress(_ text: String) -> Bool {
    do {
        _ = try ListenAddress(parsing: text)
        return true
    } catch {
        return false
    }
}
