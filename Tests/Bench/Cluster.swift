import Foundation
import Glibc

/// A throw-away PostgreSQL server with the server's own defaults, durability included, reached over a
/// Unix socket. A shell looks after it: when our end of its pipe closes, in whatever way this process
/// ends, it stops the server and removes the directory.
final class Cluster {
    /// What must be there to start one.
    static let programs = ["initdb", "pg_ctl", "postgres"]

    /// For the `storage` setting.
    let storage: String
    private let process = Process()
    private let hold = Pipe()

    /// The folder with ``programs``, of the newest version; `nil` without them.
    static var installed: String? {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let folders = versions.compactMap { Int($0) }.sorted(by: >).map { "\(root)/\($0)/bin" }
        return (folders + ["/usr/local/pgsql/bin"]).first { folder in
            programs.allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
    }

    init(programs folder: String) throws {
        let answers = Pipe()
        let script = ["sh", "-c", Self.script, "sh", folder]
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The server refuses to run as root.
        process.arguments = geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] + script : script
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = hold
        process.standardOutput = answers
        _ = fcntl(hold.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        // The script says where the server is, or ends. `pg_ctl` waits a minute at most.
        let line = String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        let directory = line.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !directory.isEmpty else { throw BenchError(text: "PostgreSQL did not start") }
        storage = "postgresql:///postgres?host=\(directory)&user=loquet"
    }

    deinit {
        try? hold.fileHandleForWriting.close()
    }

    private static let script = """
        set -eu
        binaries=$1
        trap '' INT TERM HUP
        directory=$(mktemp -d /tmp/loquet-bench.XXXXXX)
        trap 'rm -rf "$directory"' EXIT
        "$binaries/initdb" --pgdata="$directory/data" --username=loquet --auth=trust \
            --encoding=UTF8 --locale=C.UTF-8 >"$directory/initdb" 2>&1 ||
            { cat "$directory/initdb" >&2; exit 1; }
        {
            echo "listen_addresses = ''"
            echo "unix_socket_directories = '$directory'"
        } >>"$directory/data/postgresql.conf"
        control() { "$binaries/pg_ctl" --pgdata="$directory/data" "$@" >/dev/null </dev/null; }
        control --wait --log="$directory/log" start || { cat "$directory/log" >&2; exit 1; }
        echo "$directory"
        read -r order || true
        control --mode=immediate stop 2>&1 || true
        """
}
