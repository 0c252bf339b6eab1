import Accounts
import Foundation
package import Storage

/// `loquet copy`: one store, two places. What ``StoreCopy`` does, with everything that must hold
/// before: nobody serves the source, and source and target are two.
package struct StoreTransfer: Sendable {
    package struct Outcome: Sendable {
        package let standing: StoreCopy.Standing
        /// One for each table.
        package let comparisons: [StoreCopy.Comparison]

        package var isEqual: Bool { comparisons.allSatisfy(\.isEqual) }
    }

    private let source: DatabaseLocation
    private let target: DatabaseLocation

    /// - Parameters: `sqlite:PATH` or a `postgresql://` connection string.
    package init(from: String, to: String) throws(StartError) {
        source = try Self.location(from, option: "--from")
        target = try Self.location(to, option: "--to")
        if case .sqlite(let one) = source, case .sqlite(let other) = target,
            resolved(one) == resolved(other)
        {
            throw .configuration("--to: expected another file than --from")
        }
    }

    /// Copies, compares, and makes the target usable when nothing differs.
    ///
    /// - Parameter progress: see ``StoreCopy/run(progress:)``.
    package func run(
        onFatal: @escaping @Sendable (String) -> Never,
        progress: (StoreCopy.Progress) -> Void
    ) throws(StartError) -> Outcome {
        guard source.mayExist else {
            throw .refused("there is no store in \(source.name)")
        }
        try lockDirectories()
        let from = try open(source, for: .serving, onFatal)
        defer { from.close() }
        try refuseServed(from)
        // Like a migration, it may wait long for a lock and for an answer.
        let to = try open(target, for: .migrating, onFatal)
        defer { to.close() }
        let copy = StoreCopy(from: from, to: to)
        do throws(DatabaseError) {
            let standing = try copy.prepare(at: systemTime())
            if case .isThere = standing {
                return Outcome(standing: standing, comparisons: try copy.comparisons())
            }
            try copy.run { count throws(DatabaseError) in progress(count) }
            let outcome = Outcome(standing: standing, comparisons: try copy.comparisons())
            if outcome.isEqual { try copy.finish() }
            return outcome
        } catch {
            throw StartError(error, path: "\(source.name) to \(target.name)")
        }
    }

    /// Where a database is a file, a server holds the directory around it.
    private func lockDirectories() throws(StartError) {
        var directories: Set<String> = []
        for case .sqlite(let path) in [source, target] {
            let directory = URL(fileURLWithPath: resolved(path)).deletingLastPathComponent().path
            // A file that no server has ever used lies anywhere, a backup's folder for one.
            guard FileManager.default.fileExists(atPath: directory + "/serve.lock") else {
                continue
            }
            directories.insert(directory)
        }
        for directory in directories.sorted() { try lockDataDirectory(directory) }
    }

    private func refuseServed(_ database: any Database) throws(StartError) {
        do throws(DatabaseError) {
            // A database that has no such table is refused later, with the reason.
            guard try database.hasTable("work_lease"),
                let until = try StoreCopy.servedUntil(database, at: systemTime())
            else { return }
            throw DatabaseError.refused(
                """
                a server works on this store: stop every one, and if it was killed, wait until \
                \(until.rfc3339())
                """)
        } catch {
            throw StartError(error, path: source.name)
        }
    }

    private func open(
        _ location: DatabaseLocation, for purpose: DatabaseLocation.Purpose,
        _ onFatal: @escaping @Sendable (String) -> Never
    ) throws(StartError) -> any Database {
        do {
            return try location.open(for: purpose, onFatal: onFatal)
        } catch {
            throw StartError(error, path: location.name)
        }
    }

    private static func location(
        _ text: String, option: String
    ) throws(StartError) -> DatabaseLocation {
        do throws(DatabaseError) {
            // Alone it would mean the file of a data directory, which this command has none of.
            guard text != "sqlite" else { throw .refused("sqlite needs a path") }
            return try DatabaseLocation(parsing: text, defaultPath: "")
        } catch {
            // Never the text itself: it may hold a password.
            throw .configuration(
                "\(option): expected sqlite:PATH or a postgresql:// connection string")
        }
    }
}

/// Without links on the way; a file that is not there yet lies in a folder that is.
private func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
}
