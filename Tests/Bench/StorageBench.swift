import Foundation
import Service

/// Login and introspection on SQLite, on PostgreSQL with one node and with two.
func measureStorage(_ options: LoadOptions) throws {
    let clients = options.clients
    let sqlite = try Deployment(storage: "sqlite", nodes: 1)
    defer { sqlite.stop() }
    var contenders = [try sqlite.contender("SQLite", clients: clients)]

    let programs = Cluster.installed
    let cluster = try programs.map { try Cluster(programs: $0) }
    defer { withExtendedLifetime(cluster) {} }
    let postgres = try cluster.map { try Deployment(storage: $0.storage, nodes: 2) }
    defer { postgres?.stop() }
    if let postgres {
        let one = try postgres.contender("PostgreSQL, 1 node", clients: clients)
        contenders += [
            one, Contender(name: "PostgreSQL, 2 nodes", like: one, ports: postgres.ports),
        ]
    } else {
        complain(
            "bench: no \(Cluster.programs.joined(separator: ", ")) here, so only SQLite is "
                + "measured: run config/setup --servers")
    }

    complain(
        "\(clients) connections for \(options.seconds) s, on the \(processors) processors that nodes, "
            + "database and clients share; Argon2 at 8 KiB and one pass")
    let report = Report(
        options: options, measurements: try measure(contenders, seconds: options.seconds))
    print(report.table)
    try write(report.json, to: options.jsonPath)
}
