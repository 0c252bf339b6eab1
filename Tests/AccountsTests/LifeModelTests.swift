import Accounts
import SeededRandom
import Testing

/// The life of an account in the plainest words, written without looking at the table: what a person
/// would check by hand.
private struct PlainLife {
    var isInvited = false
    var isSuspended = false
    var isClosed = false
    var isErased = false
    var invitedUntil: Int64 = 0
    var since: Int64 = 0
    var isRestricted = false
    var isHeld = false

    /// - Returns: whether the event was allowed.
    mutating func take(_ event: AccountEvent, _ now: Int64) -> Bool {
        if isErased { return event == .erased }
        switch event {
        case .flagged(.restricted): isRestricted = true
        case .flagged(.legalHold): isHeld = true
        case .unflagged(.restricted): isRestricted = false
        case .unflagged(.legalHold): isHeld = false
        case .erased:
            guard isClosed, !isRestricted, !isHeld else { return false }
            isErased = true
            isClosed = false
            since = now
        case .returned(let until):
            guard isClosed else { return false }
            isClosed = false
            isInvited = true
            invitedUntil = until.microseconds
        case .closed:
            guard !isClosed else { return false }
            isClosed = true
            isInvited = false
            isSuspended = false
            since = now
        case .passwordSet:
            guard !isClosed, !isSuspended, !isInvited || now < invitedUntil else { return false }
            isInvited = false
        case .suspended:
            guard !isClosed, !isInvited, !isSuspended else { return false }
            isSuspended = true
        case .reinstated:
            guard isSuspended else { return false }
            isSuspended = false
        }
        return true
    }

    var state: AccountState {
        if isErased { return .erased(at: Timestamp(microseconds: since)) }
        if isClosed { return .closed(at: Timestamp(microseconds: since)) }
        if isInvited { return .invited(until: Timestamp(microseconds: invitedUntil)) }
        return isSuspended ? .suspended : .active
    }

    var flags: Set<AccountFlag> {
        var flags: Set<AccountFlag> = []
        if isRestricted { flags.insert(.restricted) }
        if isHeld { flags.insert(.legalHold) }
        return flags
    }
}

/// A job that somebody planned when an account closed, and that fires whenever it likes.
private struct Timer {
    let closure: Timestamp
    let due: Timestamp
}

@Suite struct `A hundred thousand random lives` {
    @Test func `go as a plain model says, and no timer erases whom it should not`() throws {
        var random = Seeded(20_261_124)
        var erased = 0
        var superseded = 0
        for _ in 0..<100_000 {
            var plain = PlainLife()
            plain.isInvited = random.next() % 4 == 0
            plain.invitedUntil = Int64(random.next() % 40)
            var life = AccountLife(plain.state)
            var timers: [Timer] = []
            var now: Int64 = 0
            for _ in 0..<(4 + random.next() % 20) {
                now += Int64(random.next() % 12)
                let time = Timestamp(microseconds: now)
                let event = Self.event(&random, now)
                // Erasure is a timer's to ask for, and the others are anybody's.
                if event == .erased, let timer = timers.randomElement(using: &random) {
                    let verdict = life.erasure(ofClosure: timer.closure, due: timer.due, at: time)
                    #expect(
                        (verdict == .due)
                            == (plain.isClosed && plain.since == timer.closure.microseconds
                                && timer.due <= time && plain.flags.isEmpty))
                    if verdict == .superseded { superseded += 1 }
                    guard verdict == .due else { continue }
                }
                let wasClosed = plain.isClosed
                let isAllowed = plain.take(event, now)
                do {
                    life = try life.after(event, at: time)
                    #expect(isAllowed, "\(life) took \(event)")
                } catch {
                    #expect(!isAllowed, "\(life) refused \(event): \(error)")
                }
                #expect(life.state == plain.state)
                #expect(plain.isErased || life.flags == plain.flags)
                #expect(!(plain.isClosed || plain.isErased) || !life.state.allowsSignIn)
                if plain.isClosed, !wasClosed {
                    timers.append(Timer(closure: time, due: time + .microseconds(10)))
                }
                if case .erased = event, isAllowed { erased += 1 }
            }
        }
        // The walk must get everywhere, or it shows nothing.
        #expect(erased > 10_000 && superseded > 1_000, "\(erased) erased, \(superseded) superseded")
    }

    private static func event(_ random: inout Seeded, _ now: Int64) -> AccountEvent {
        switch random.next() % 14 {
        case 0, 1: .passwordSet
        case 2: .suspended
        case 3: .reinstated
        case 4, 5, 6: .closed
        case 7, 8, 9: .erased
        case 10: .returned(invitedUntil: Timestamp(microseconds: now + Int64(random.next() % 30)))
        case 11: .flagged(random.next() % 2 == 0 ? .restricted : .legalHold)
        default: .unflagged(random.next() % 2 == 0 ? .restricted : .legalHold)
        }
    }
}
