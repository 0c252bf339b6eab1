import Foundation
import Service

/// Options that every command with a store takes.
let storeOptions = ["--config", "--data"]

extension Arguments {
    /// The configuration from file, environment and flags, in this order.
    ///
    /// The file is `--config`, else the variable LOQUET_CONFIG, else none: the defaults.
    func configuration() throws(StartError) -> Configuration {
        let environment = ProcessInfo.processInfo.environment
        let flags = ["--data": "data", "--listen": "listen"].compactMap { option, setting in
            values[option].map { (name: setting, value: $0) }
        }
        do {
            return try Configuration.load(
                path: values["--config"] ?? environment["LOQUET_CONFIG"],
                environment: environment, flags: flags)
        } catch {
            throw .configuration(error.text)
        }
    }
}

/// Who types the command, for the audit log.
var commandLineActor: String { "cli:\(getuid())" }
