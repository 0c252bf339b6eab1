import Foundation
import Glibc
import Testing

@Suite struct `loquet serve` {
    @Test(arguments: [SIGTERM, SIGINT])
    func `makes a deployment, serves it and stops when told to`(signal: Int32) throws {
        let folder = try TemporaryFolder()
        let server = try Server(data: folder)
        #expect(folder.mode("data/first-keys") == 0o600)
        let text = try folder.read("data/first-keys")
        let key = try #require(text.firstMatch(of: /lqa_[A-Za-z0-9_-]{43}/)).output
        let person = #"{"email":"ada@example.com","password":"Abcdef1!"}"#
        #expect(try server.exchange("POST /v1/accounts", key: String(key), person).status == 201)
        #expect(try server.exchange("POST /v1/sessions", key: String(key), person).status == 201)
        #expect(try server.stop(signal) == 0)

        let second = try Server(data: folder)
        #expect(try second.exchange("POST /v1/accounts", key: String(key), person).status == 409)
        #expect(try second.stop(signal) == 0)
    }

    @Test func `refuses a data directory that another one serves`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let server = try Server(data: folder)
        let second = try Loquet.run(
            "serve", "--data", folder.path("data"), "--listen", "127.0.0.1:0")
        #expect(second.status == 1)
        #expect(
            second.errors
                == "loquet: another loquet uses the data directory \(folder.path("data"))\n")
        #expect(try server.status(key: keys.app_key) == 200)
        // The lock goes with the process, however it ends.
        #expect(try server.stop(SIGKILL) == SIGKILL)
        #expect(try Server(data: folder).status(key: keys.app_key) == 200)
    }

    @Test(arguments: ["--listen", "metrics"])
    func `exits 2 when a port is taken, and makes nothing`(which: String) throws {
        let folder = try TemporaryFolder()
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(taken) }
        let port = try listenOnLoopback(taken)
        let address = "127.0.0.1:\(port)"
        let run = try Loquet.run(
            "serve", "--data", folder.path("data"), "--listen",
            which == "metrics" ? "127.0.0.1:0" : address,
            environment: which == "metrics" ? ["LOQUET_METRICS_LISTEN": address] : [:])
        #expect(run.status == 2)
        #expect(
            run.errors
                == "loquet: cannot listen on \(address): another program listens there already\n")
        #expect(!folder.exists("data"))
    }

    @Test(arguments: [
        ("{ hashing: { memory: 65536 } }", "unknown setting hashing.memory"),
        ("{ hashing: { passes: 1 } }", "hashing.passes: expected a whole number of passes"),
        ("{ policy: 'none' }", "policy: there is no policy none"),
        ("{ throttling: { enabled: false } }", "policy cnil-8x4 is a case 2 rule"),
        ("{ source: '://' }", "source: expected"),
        ("{ tls: { certificate: '/none', key: '/none' } }", "tls.certificate: cannot read /none"),
        ("not json5", "is not JSON5"),
        ("{ sessions: { absolute_seconds: 2592001 } }", "sessions.absolute_seconds: expected"),
        ("{ queue: { attempts_max: 101 } }", "queue.attempts_max: expected"),
    ])
    func `exits 2 when a setting is wrong, and makes nothing`(
        file: String, complaint: String
    ) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("loquet.json5", file)
        // The environment would set a wrong value right again.
        let process = try Loquet.run(
            ["serve", "--data", folder.path("data"), "--config", path, "--listen", "127.0.0.1:0"],
            without: ["LOQUET_HASHING_PASSES", "LOQUET_HASHING_MEMORY_KIB"])
        #expect(process.status == 2)
        #expect(process.errors.contains(complaint), "\(process.errors)")
        #expect(process.errors.split(separator: "\n").count == 1)
        #expect(!folder.exists("data"))
    }

    @Test func `exits 2 when a variable is no setting`() throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(
            "serve", "--data", folder.path("data"), environment: ["LOQUET_LISTN": "127.0.0.1:0"])
        #expect(run.status == 2)
        #expect(run.errors == "loquet: unknown setting LOQUET_LISTN; did you mean LOQUET_LISTEN?\n")
        #expect(!folder.exists("data"))
    }

    @Test func `takes its configuration file from the environment too`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("loquet.json5", "{ policy: 'cnil-80-12x4' }")
        let server = try Server(data: folder, environment: ["LOQUET_CONFIG": path])
        let answer = try server.exchange("GET /v1/password-policy", key: "x", "")
        #expect(answer.text.contains("cnil-80-12x4"))
    }

    @Test func `does not start on keys that are not its own`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        try FileManager.default.removeItem(atPath: folder.path("data/keys"))
        let run = try Loquet.run(
            "serve", "--data", folder.path("data"), "--listen", "127.0.0.1:0")
        #expect(run.status == 1)
        #expect(run.errors.contains("is missing from keys/"))
        #expect(!folder.exists("data/keys"))
    }

    /// - Returns: the port that the system chose.
    private func listenOnLoopback(_ descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, size) | listen(descriptor, 1)
                    | getsockname(descriptor, $0, &size)
            }
        }
        try #require(code == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
