import Accounts
import Secrets
import Threads

/// Sign-ins refused before anything was paid for them, until the detection worker writes them to the
/// log. A flood of refusals costs memory for its distinct subjects, not a commit each.
///
/// At most ``entriesMax`` rows wait, which also bounds what a flood of made-up names adds to the log
/// in a second; beyond that a refusal is only counted in the metrics. What waits is
/// lost when the process is killed: up to a second of refusals, which nobody was promised.
final class RefusedAttempts: Sendable {
    static let entriesMax = 1_000

    /// One row of the log: a subject, a source, a minute.
    struct Row: Hashable, Sendable {
        /// Of the identifier, today's key first. Whose account it is, is looked up when written.
        let locators: [Digest]
        let source: SourceAddress?
        let application: String
        let minute: Int64
    }

    struct Seen: Sendable {
        var tags: [PasswordTags] = []
        var count = 0
        var last: Timestamp
    }

    typealias Noted = (row: Row, seen: Seen)

    private let rows = Guarded<[Row: Seen]>([:])

    /// - Returns: `false` when the table is full and the refusal is not noted.
    @discardableResult
    func note(_ row: Row, _ tags: PasswordTags?, at now: Timestamp) -> Bool {
        rows.withLock { rows in
            guard rows[row] != nil || rows.count < Self.entriesMax else { return false }
            var seen = rows[row] ?? Seen(last: now)
            seen.count += 1
            seen.last = max(seen.last, now)
            if let tags, seen.tags.count < SignInAttempt.tagsMax, !seen.tags.contains(tags) {
                seen.tags.append(tags)
            }
            rows[row] = seen
            return true
        }
    }

    /// Returns what could not be written; it is written with what came meanwhile.
    func putBack(_ unwritten: ArraySlice<Noted>) {
        rows.withLock { rows in
            for (row, seen) in unwritten where rows.count < Self.entriesMax || rows[row] != nil {
                let newer = rows[row]
                rows[row] = Seen(
                    tags: Array((seen.tags + (newer?.tags ?? [])).prefix(SignInAttempt.tagsMax)),
                    count: seen.count + (newer?.count ?? 0),
                    last: max(seen.last, newer?.last ?? seen.last))
            }
        }
    }

    /// Takes everything that waits.
    func takeAll() -> [Noted] {
        rows.withLock { rows in
            let all = rows.map { (row: $0.key, seen: $0.value) }
            rows = [:]
            return all
        }
    }
}
