import Threads

/// Forwards what libmicrohttpd complains about: its message templates, never their arguments, which
/// repeat what clients sent; and each at most once a minute, because clients cause most of them.
final class LibraryLog: Sendable {
    private let forward: @Sendable (String) -> Void
    private let state = Guarded(State())

    private struct State {
        /// As many keys as the library has messages: a few hundred.
        var silentUntil: [String: Moment] = [:]
        var last = ""
    }

    init(_ forward: @escaping @Sendable (String) -> Void) {
        self.forward = forward
    }

    /// The latest message, for finding out why the library did not start.
    var last: String { state.withLock { $0.last } }

    func note(template: String, now: Moment) {
        let text = shortened(template)
        let isNews = state.withLock { state in
            state.last = text
            if let end = state.silentUntil[text], now < end { return false }
            state.silentUntil[text] = Moment(nanoseconds: now.nanoseconds + 60_000_000_000)
            return true
        }
        if isNews { forward("libmicrohttpd: \(text)") }
    }
}

/// Up to the first argument or line end.
private func shortened(_ template: String) -> String {
    let text = template.prefix { $0 != "%" && !$0.isNewline }
    let trimmed = text.reversed().drop { " :(`'\"".contains($0) }.reversed()
    return String(trimmed)
}
