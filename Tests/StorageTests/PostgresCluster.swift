import Foundation
import Storage
import Testing
import Threads

/// A throw-away PostgreSQL server of its own: a fresh cluster in a temporary directory, reached over
/// a Unix socket only.
///
/// A shell looks after it and takes orders from a pipe whose other end is ours. When this process
/// ends, in whatever way, the pipe ends, and the shell stops the server and removes the directory.
/// (A `Process` of its own for each order would never end: Foundation waits until the last
/// descendant, here the server, has closed a socket that it inherits.)
final class PostgresCluster: Sendable {
    enum Role: String, Sendable {
        case primary
        /// Waits for a primary that never speaks: read-only.
        case standby
    }

    /// The directory of the socket.
    let directory: String
    /// Both ends of the talk with the shell.
    private let (orders, answers): (FileHandle, FileHandle)

    /// The server that facts share, each with a schema of its own. Started when first needed.
    static let shared: Result<PostgresCluster, any Error> = Result { try PostgresCluster() }

    /// Where the server's programs are, of the newest version; `nil` without them.
    static let installed: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let folders = versions.compactMap { Int($0) }.sorted(by: >).map { "\(root)/\($0)/bin" }
        return (folders + ["/usr/local/pgsql/bin"]).first { folder in
            ["initdb", "pg_ctl", "postgres"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
    }()

    /// - Parameter settings: of the server, such as `fsync=off`.
    init(_ role: Role = .primary, settings: [String] = []) throws {
        let binaries = try #require(Self.installed, "run config/setup --servers")
        let process = Process()
        let (orders, answers) = (Pipe(), Pipe())
        let script = ["sh", "-c", Self.script, "sh", binaries, role.rawValue] + settings
        // The server refuses to run as root.
        let words = geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] + script : script
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = orders
        process.standardOutput = answers
        // No other process that tests start may keep the pipe open.
        _ = fcntl(orders.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        (self.orders, self.answers) = (orders.fileHandleForWriting, answers.fileHandleForReading)
        // The script says where the server is, or nothing. `pg_ctl` waits a minute at most.
        directory = Self.line(from: self.answers)
        try #require(!directory.isEmpty, "PostgreSQL did not start; see the standard error")
    }

    deinit {
        try? orders.close()
    }

    /// As after a power cut: no checkpoint, and nobody is told.
    func crash() throws { try order("crash") }

    func start() throws { try order("start") }

    /// - Parameter options: of the session, such as `-c search_path=x`.
    func target(_ options: String = "") throws -> PostgresTarget {
        var text = "postgresql:///postgres?host=\(directory)&user=loquet"
        let allowed = CharacterSet.alphanumerics
        text += "&options=" + (options.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
        return try PostgresTarget(parsing: text)
    }

    /// The schema that belongs to a folder, made when it is first asked for.
    func schema(of folder: TemporaryFolder) throws -> PostgresTarget {
        let database = try PostgresDatabase(target())
        defer { database.close() }
        _ = try database.transaction { transaction throws(DatabaseError) in
            // No statement takes a schema's name as a value.
            let parts = try transaction.first(
                """
                SELECT set_config('loquet.schema', \(folder.name), TRUE),
                    pg_advisory_xact_lock(7) IS NULL
                """
            ) { row throws(DatabaseError) in try row.text(0) }
            try transaction.execute(
                """
                DO $$ BEGIN
                    EXECUTE format(
                        'CREATE SCHEMA IF NOT EXISTS %I', current_setting('loquet.schema'));
                END $$
                """)
            return parts
        }
        return try target("-c search_path=\(folder.name)")
    }

    private func order(_ word: String) throws {
        try orders.write(contentsOf: Data("\(word)\n".utf8))
        try #require(Self.line(from: answers) == "done", "\(word)")
    }

    private static func line(from handle: FileHandle) -> String {
        String(decoding: handle.availableData, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// ICU's order of text, which differs from the bytes' as much as any: nothing may depend on it.
    private static let script = """
        set -eu
        binaries=$1 role=$2
        shift 2
        # What interrupts the tests ends the pipe, and must not end this before the server.
        trap '' INT TERM HUP
        directory=$(mktemp -d /tmp/loquet-postgres.XXXXXX)
        trap 'rm -rf "$directory"' EXIT
        "$binaries/initdb" --pgdata="$directory/data" --username=loquet --auth=trust --no-sync \
            --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en \
            >"$directory/initdb" 2>&1 || { cat "$directory/initdb" >&2; exit 1; }
        {
            echo "listen_addresses = ''"
            echo "unix_socket_directories = '$directory'"
            echo "max_connections = 300"
            for setting in "$@"; do echo "$setting"; done
        } >>"$directory/data/postgresql.conf"
        [ "$role" = primary ] || touch "$directory/data/standby.signal"
        control() { "$binaries/pg_ctl" --pgdata="$directory/data" "$@" >/dev/null </dev/null; }
        start() { control --wait --log="$directory/log" start; }
        crash() { control --mode=immediate stop; }
        start || { cat "$directory/log" >&2; exit 1; }
        echo "$directory"
        while read -r order; do
            case $order in start | crash) "$order" && echo done || echo failed ;; esac
        done
        crash 2>&1 || true
        """
}

/// Whether the facts about PostgreSQL can be checked here. On a CI machine they must be.
let postgresIsThere = PostgresCluster.installed != nil

@Suite struct `The tests` {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["CI"] == "true"))
    func `have a PostgreSQL server to run against on a CI machine`() {
        #expect(postgresIsThere, "initdb, pg_ctl and postgres: run config/setup --servers")
    }

    @Test(
        .enabled(
            if: postgresIsThere,
            "no initdb, pg_ctl and postgres here, so nothing runs on PostgreSQL: run config/setup --servers"
        ))
    func `have a PostgreSQL server of their own`() throws {
        let cluster = try PostgresCluster.shared.get()
        let database = try PostgresDatabase(try cluster.target())
        database.close()
    }
}
