import Foundation
import Storage
import Testing

/// A database that every test of the seam runs against.
struct TestDatabase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Opens the database that lives in a folder; a second call opens the same one again.
    let open: @Sendable (TemporaryFolder) throws -> any Database

    /// PostgreSQL is left out where no server is installed; `The tests` say so then.
    static let all = postgresIsThere ? [sqlite, postgres] : [sqlite]

    private static let sqlite = TestDatabase(testDescription: "SQLite") { folder in
        try SQLiteDatabase(path: folder.path("store.db"), onFatal: { fatalError($0) })
    }

    private static let postgres = TestDatabase(testDescription: "PostgreSQL") { folder in
        try PostgresDatabase(PostgresCluster.shared.get().schema(of: folder), limits: patient)
    }

    /// Facts about what is stored do not depend on how quick the machine is.
    private static var patient: PostgresLimits {
        var limits = PostgresLimits()
        limits.waitMax = .seconds(60)
        limits.statementMax = .seconds(60)
        limits.lockMax = .seconds(50)
        return limits
    }

    /// Runs `body` on an empty database with the table `item`.
    func with(_ body: (any Database) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        try makeItems(database)
        try body(database)
    }
}

/// One column of each type, two constraints.
func makeItems(_ database: any Database) throws(DatabaseError) {
    _ = try database.transaction { transaction throws(DatabaseError) in
        try transaction.execute(
            """
            CREATE TABLE item (
                id BIGINT NOT NULL PRIMARY KEY,
                label TEXT UNIQUE,
                content BYTEA,
                closed BOOLEAN,
                amount BIGINT CHECK (amount <> 13),
                parent BIGINT REFERENCES item (id)
            )
            """)
    }
}

func insert(
    _ id: Int64, _ label: String? = nil, into database: any Database
) throws(DatabaseError) {
    _ = try database.transaction { transaction throws(DatabaseError) in
        try transaction.execute("INSERT INTO item (id, label) VALUES (\(id), \(label))")
    }
}

func ids(in database: any Database) throws(DatabaseError) -> [Int64] {
    try database.read { reader throws(DatabaseError) in
        try reader.rows("SELECT id FROM item ORDER BY id") { row throws(DatabaseError) in
            try row.int64(0)
        }
    }
}

/// A folder that goes when its owner goes.
final class TemporaryFolder: Sendable {
    private let url: URL
    /// A name that no other folder has, of letters, digits and `_`.
    let name: String

    init() throws {
        let id = UUID().uuidString
        name = "fact_" + id.lowercased().replacingOccurrences(of: "-", with: "")
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-storage-\(id)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// The permission bits of a file, `nil` when there is none.
    func mode(_ name: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }
}
