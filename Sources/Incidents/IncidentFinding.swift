package import Accounts

/// A finding as an incident keeps it: its latest report.
package struct IncidentFinding: Hashable, Sendable {
    package let uid: FindingID
    package let type: EventType
    package let severity: Severity
    /// ``Subject/text``.
    package let subject: String
    package let count: Int
    package let succeeded: Int
    package let window: Duration
    package let startTime: Timestamp
    package let lastTime: Timestamp
    package let source: SourceAddress?
    /// ``Finding/message``, which holds ids, addresses of sources, counts and times.
    package let message: String

    package init(
        uid: FindingID, type: EventType, severity: Severity, subject: String, count: Int,
        succeeded: Int, window: Duration, startTime: Timestamp, lastTime: Timestamp,
        source: SourceAddress?, message: String
    ) {
        self.uid = uid
        self.type = type
        self.severity = severity
        self.subject = subject
        self.count = count
        self.succeeded = succeeded
        self.window = window
        self.startTime = startTime
        self.lastTime = lastTime
        self.source = source
        self.message = message
    }

    package init(_ finding: Finding) {
        self.init(
            uid: finding.uid, type: finding.type, severity: finding.severity,
            subject: finding.subject.text, count: finding.count, succeeded: finding.succeeded,
            window: finding.window, startTime: finding.startTime, lastTime: finding.lastTime,
            source: finding.source, message: finding.message)
    }
}

/// Whose accounts an incident concerns, as far as the service can tell. It errs on the side of more.
package struct AffectedScope: Hashable, Sendable {
    /// Everybody: what was found puts the whole store in doubt.
    package private(set) var isEverybody = false
    package private(set) var accounts: Set<AccountID> = []
    /// Whoever was signed in to from there in that time.
    package private(set) var sources: [Source] = []
    /// Whether more people may be concerned than can be listed.
    package private(set) var isOpenEnded = false
    /// Of those who cannot be listed, how many at least.
    package private(set) var unlisted = 0

    package struct Source: Hashable, Sendable {
        package let prefix: SourcePrefix
        package let since: Timestamp
        package let until: Timestamp
    }

    /// - Signs that the credentials were copied or the log was forged: everybody.
    /// - An account: that one.
    /// - A source up to its network: who was signed in to from there, from the first event that counted
    ///   to a day after the last (so long its flag lives).
    /// - Anything wider, one password on many accounts, an administrator's reading, a report by hand:
    ///   nobody who could be named.
    package init(_ findings: [IncidentFinding], isReported: Bool) {
        isOpenEnded = isReported
        for finding in findings {
            if finding.type.row.isNearProof {
                isEverybody = true
            } else if finding.subject.hasPrefix("account/"),
                let account = AccountID(parsing: String(finding.subject.dropFirst(8)))
            {
                accounts.insert(account)
            } else if finding.subject.hasPrefix("source/"),
                let prefix = SourcePrefix(parsing: String(finding.subject.dropFirst(7))),
                prefix.length >= prefix.network.wide.length
            {
                sources.append(
                    Source(
                        prefix: prefix, since: finding.startTime,
                        until: finding.lastTime + Incident.window.duration))
            } else {
                isOpenEnded = true
                let people = finding.type == .massExport ? finding.count : finding.succeeded
                unlisted = max(unlisted, people)
            }
        }
    }

    /// Whether a sign-in is one of those that a source finding means.
    ///
    /// - Parameter source: as the log has it; a closed account's is cut to its network.
    package func holds(source: String, at time: Timestamp) -> Bool {
        guard let place = SourcePrefix(parsing: source) else { return false }
        return sources.contains { wanted in
            (wanted.since...wanted.until).contains(time)
                && (wanted.prefix.contains(place.network)
                    || place.length < 128 && place.contains(wanted.prefix.network))
        }
    }
}
