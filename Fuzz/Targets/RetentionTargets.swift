import Accounts
import Service
import Storage

/// A retention file is refused in one line, or every category has lawful rules without a hole and a
/// date for every closure.
func retentionFile(_ bytes: [UInt8]) {
    let schedule: RetentionSchedule
    do {
        schedule = try RetentionSchedule(json5: bytes)
    } catch {
        precondition(!error.text.isEmpty)
        return
    }
    for category in RetentionCategory.allCases {
        let own = schedule.rules.filter { $0.category == category }
        precondition(!own.isEmpty && own.last?.effectiveUntil == nil, "a category without a rule")
        for (rule, next) in zip(own, own.dropFirst()) {
            precondition(rule.effectiveUntil == next.effectiveFrom, "a hole between rules")
            precondition(rule.effectiveFrom < next.effectiveFrom, "rules out of order")
        }
        precondition(own.allSatisfy { category.lawfulMonths.contains($0.keeps.months) })
        precondition(category.isSealed || own.allSatisfy { $0.kept.isEmpty })
    }
    for time in [Timestamp.earliest, .epoch, Timestamp(seconds: 1_835_395_199), .latest] {
        for rule in schedule.categories(closedAt: time) {
            let end = rule.eraseAfter(closedAt: time)
            precondition(end > time || time == .latest, "erased before it was kept")
        }
    }
    for time in [Timestamp.epoch, Timestamp(seconds: 1_835_395_199)] {
        for rule in schedule.categories(closedAt: time) where rule.category.start == .record {
            let cut = rule.concludedBefore(time)
            precondition(rule.eraseAfter(closedAt: cut - .microseconds(1)) <= time, "swept early")
            let end = rule.eraseAfter(closedAt: time) + .days(1)
            precondition(rule.concludedBefore(end) >= time, "swept late")
        }
    }
}

/// A line of the journal of erasures that is read is written again, and is read as the same.
func erasureLine(_ bytes: [UInt8]) {
    guard let record = ErasureStore.Record(line: bytes) else { return }
    precondition(ErasureStore.Record(line: record.json.bytes) == record, "a line that changes")
    precondition(record.erasure.count >= 1 && record.proof.count == 64)
}
