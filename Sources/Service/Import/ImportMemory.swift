import Accounts
package import Storage

extension AccountImport {
    /// KiB that a hash to be imported may need.
    ///
    /// A server makes its arenas when it starts: for its own cost, and for the largest hash there is by
    /// then. So an import may bring nothing larger than both while one may run, or its owner could not
    /// sign in. `asked` lifts that up to the memory budget, when no server runs: the next one to start
    /// makes larger arenas.
    ///
    /// Servers must run with the configuration that the import is given.
    package static func memoryKiBMax(
        asked: UInt32?, _ configuration: Configuration, _ database: any Database
    ) throws(StartError) -> UInt32 {
        let stored = try withDatabase { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                try AccountStore.memoryKiBMax(reader)
            }
        }
        let safe = max(configuration.hashing.memoryKiB, UInt32(clamping: stored))
        guard let asked, asked > safe else { return safe }
        let budget = configuration.hashing.memoryBudgetMiB * 1_024
        guard Int(asked) <= budget else {
            throw .refused(
                "--memory-kib: expected at most \(budget), which hashing.memory_budget_mib allows")
        }
        // One on this machine holds the directory; one on another has said until when it works.
        try DataDirectory(configuration).lock()
        let until = try withDatabase { () throws(DatabaseError) in
            try StoreCopy.servedUntil(database, at: systemTime())
        }
        if let until {
            throw .refused(
                "--memory-kib: a server works on this store: stop every one, and if it was killed, "
                    + "wait until \(until.rfc3339())")
        }
        return asked
    }

    private static func withDatabase<Answer>(
        _ body: () throws(DatabaseError) -> Answer
    ) throws(StartError) -> Answer {
        do {
            return try body()
        } catch {
            throw StartError(error, path: "the database")
        }
    }
}
