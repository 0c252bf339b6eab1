package import Accounts

/// Notices that somebody signs in to a decoy account. Nobody was ever told its password, so whoever
/// has it took it from where it was planted: critical at once, and near-proof, so the clock starts
/// (MITRE ATT&CK T1078).
///
/// The second, fourth, eighth… success updates the same finding, until none came for 24 h.
///
/// **Memory is bounded**: 1 024 decoys of 200 bytes, 0.2 MB. One that finds no room is reported as if
/// for the first time, never passed over.
package struct CanaryDetector: Sendable {
    private var seen: WatchTable<AccountID, Flag>

    package init(accountsMax: Int = 1_024) {
        seen = WatchTable(capacity: accountsMax)
    }

    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        guard attempt.isCanary, attempt.outcome == .success,
            case .known(let account) = attempt.account
        else { return [] }
        seen.sweep(steps: 2) { !$0.isLive(at: now) }
        if let slot = seen.slot(of: account), seen[slot: slot].isLive(at: now) {
            _ = seen[slot: slot].add(1, at: now)
            let isDue = seen[slot: slot].succeed(at: now)
            let flag = seen[slot: slot]
            return isDue ? [finding(flag, account, attempt.source, isUpdate: true)] : []
        }
        let flag = Flag(
            .canary, .account(account), startTime: now, window: Flag.lifetime, count: 1,
            succeeded: 1, at: now)
        _ = seen.remove(account)
        if seen.isFull { _ = seen.takeLeast { $0.lastTime } }
        _ = seen.add(flag, for: account)
        return [finding(flag, account, attempt.source, isUpdate: false)]
    }

    private func finding(
        _ flag: Flag, _ account: AccountID, _ source: SourceAddress?, isUpdate: Bool
    ) -> Finding {
        Finding(
            flag, .canary, severity: .critical, subject: .account(account),
            counted: .signIns(flag.count), source: source, at: flag.lastTime, isUpdate: isUpdate)
    }
}
