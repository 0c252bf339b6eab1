import Storage
import Testing
import Threads

@testable import Service

/// A desk on a database of its own, with a table to write to.
private final class DeskSite: Sendable {
    let database: any Database
    let desk: Desk
    private let folder: TemporaryFolder
    /// What was told, in its order.
    let told = Guarded<[String]>([])

    init() throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.path("store.db"), onFatal: { fatalError($0) })
        _ = try database.transaction { transaction throws(DatabaseError) in
            try transaction.execute(
                """
                CREATE TABLE item (id BIGINT NOT NULL PRIMARY KEY, parent BIGINT REFERENCES item (id))
                """)
        }
        desk = Desk(database, threads: 1)
    }

    deinit {
        desk.stop()
        database.close()
    }

    func tell(_ text: String) { told.change { $0.append(text) } }

    /// What was told, once it is as much.
    func told(_ count: Int) -> [String]? {
        told.wait(atMost: .seconds(8)) { $0.count >= count ? $0 : nil }
    }

    /// What everybody can read now.
    var ids: [Int64] {
        do {
            return try database.read { reader throws(DatabaseError) in
                try reader.rows("SELECT id FROM item ORDER BY id") { row throws(DatabaseError) in
                    try row.int64(0)
                }
            }
        } catch {
            return [-1]
        }
    }

    /// Work that inserts a row, and tells what everybody can read then.
    func inserting(_ id: Int64, under parent: Int64? = nil) -> Desk.Work {
        { [self] in
            var outcome = "kept"
            do throws(DatabaseError) {
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute("PRAGMA defer_foreign_keys = ON")
                    try transaction.execute(
                        "INSERT INTO item (id, parent) VALUES (\(id), \(parent))")
                }
            } catch {
                outcome = "refused"
            }
            let said = "\(id) \(outcome)"
            return { [self] in tell("\(said), there are \(ids)") }
        }
    }

    /// Keeps the desk busy until `body` is done, so that what it offers waits together.
    func whileBusy(_ body: () -> Void) {
        let isBusy = Guarded(false)
        let mayGoOn = Guarded(false)
        let isTaken = desk.offer {
            isBusy.change { $0 = true }
            let _: Bool? = mayGoOn.wait { $0 ? true : nil }
        }
        #expect(isTaken)
        let _: Bool? = isBusy.wait { $0 ? true : nil }
        body()
        mayGoOn.change { $0 = true }
    }
}

@Suite struct `The desk` {
    @Test func `tells nobody before what waits together is committed`() throws {
        let site = try DeskSite()
        site.whileBusy {
            for id in 1...3 {
                site.desk.end(waitsForCompany: false, site.inserting(Int64(id)))
            }
        }
        #expect(
            site.told(3) == [
                "1 kept, there are [1, 2, 3]", "2 kept, there are [1, 2, 3]",
                "3 kept, there are [1, 2, 3]",
            ])
    }

    @Test func `gives each its own answer when what waits together is not kept`() throws {
        let site = try DeskSite()
        site.whileBusy {
            site.desk.end(waitsForCompany: false, site.inserting(1))
            // Nobody is 9, which is found out at the commit.
            site.desk.end(waitsForCompany: false, site.inserting(2, under: 9))
            site.desk.end(waitsForCompany: false, site.inserting(3))
        }
        #expect(
            site.told(3) == [
                "1 kept, there are [1]", "2 refused, there are [1]", "3 kept, there are [1, 3]",
            ])
    }

    @Test func `ends what it has begun before it begins with more`() throws {
        let site = try DeskSite()
        site.whileBusy {
            let isTaken = site.desk.begin(waitsForCompany: false, site.inserting(1))
            #expect(isTaken)
            site.desk.end(waitsForCompany: false, site.inserting(2))
        }
        #expect(site.told(2) == ["2 kept, there are [1, 2]", "1 kept, there are [1, 2]"])
    }

    @Test func `does what waits for company when none comes`() throws {
        let site = try DeskSite()
        site.desk.end(waitsForCompany: true, site.inserting(1))
        #expect(site.told(1) == ["1 kept, there are [1]"])
    }

    @Test func `takes what waits for company along when something cannot wait`() throws {
        let site = try DeskSite()
        site.whileBusy {
            site.desk.end(waitsForCompany: true, site.inserting(1))
            site.desk.end(waitsForCompany: false, site.inserting(2))
        }
        #expect(site.told(2) == ["1 kept, there are [1, 2]", "2 kept, there are [1, 2]"])
    }

    @Test func `refuses what begins when too much waits, and nothing that ends`() throws {
        let site = try DeskSite()
        site.whileBusy {
            var accepted = 0
            while site.desk.begin(waitsForCompany: true, { {} }) { accepted += 1 }
            #expect(accepted == 1_000)
            #expect(!site.desk.offer {})
            site.desk.end(waitsForCompany: true, site.inserting(1))
        }
        #expect(site.told(1) == ["1 kept, there are [1]"])
    }

    @Test func `does what it has accepted before it stops`() throws {
        let site = try DeskSite()
        site.whileBusy {
            site.desk.end(waitsForCompany: true, site.inserting(1))
            let isTaken = site.desk.begin(waitsForCompany: true, site.inserting(2))
            #expect(isTaken)
        }
        site.desk.stop()
        #expect(site.told.withLock { $0 }.count == 2)
    }
}
