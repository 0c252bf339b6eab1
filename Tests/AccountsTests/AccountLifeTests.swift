import Accounts
import Testing

@Suite struct `A flag of an account` {
    private static let now = Timestamp(microseconds: 9)
    private static let before = Timestamp(microseconds: 1)
    private static let states: [AccountState] = [
        .invited(until: Timestamp(microseconds: 10)), .active, .suspended, .closed(at: before),
        .erased(at: before),
    ]
    private static let events: [AccountEvent] = [
        .passwordSet, .suspended, .reinstated, .closed, .erased,
        .returned(invitedUntil: Timestamp(microseconds: 99)),
    ]
    private static let sets: [Set<AccountFlag>] = [
        [], [.restricted], [.legalHold], [.restricted, .legalHold],
    ]

    private func result(
        _ life: AccountLife, _ event: AccountEvent
    ) -> Result<AccountLife, LifecycleError> {
        Result { () throws(LifecycleError) in try life.after(event, at: Self.now) }
    }

    @Test func `blocks erasure of what is closed, and no other event in any state`() {
        for state in Self.states {
            for event in Self.events {
                let free = result(AccountLife(state), event)
                for flags in Self.sets.dropFirst() {
                    let flagged = result(AccountLife(state, flags: flags), event)
                    if event == .erased, case .closed = state {
                        #expect(flagged == .failure(.erasureBlocked))
                    } else {
                        #expect(flagged == free.map { AccountLife($0.state, flags: flags) })
                    }
                }
            }
        }
    }

    @Test func `is set and taken away in every state but the last, as often as one likes`() {
        for state in Self.states {
            for flags in Self.sets {
                for flag in AccountFlag.allCases {
                    let life = AccountLife(state, flags: flags)
                    let set = result(life, .flagged(flag))
                    let unset = result(life, .unflagged(flag))
                    if case .erased = state {
                        #expect(set == .failure(.accountErased))
                        #expect(unset == .failure(.accountErased))
                    } else {
                        #expect(set == .success(.init(state, flags: flags.union([flag]))))
                        #expect(unset == .success(.init(state, flags: flags.subtracting([flag]))))
                    }
                }
            }
        }
    }

    @Test func `never blocks a sign-in`() throws {
        let life = try AccountLife(.active).after(.flagged(.restricted), at: Self.now)
        #expect(life.state.allowsSignIn)
    }
}

@Suite struct `A planned erasure` {
    private let closure = Timestamp(microseconds: 100)
    private let due = Timestamp(microseconds: 200)

    private func verdict(
        _ state: AccountState, _ flags: Set<AccountFlag> = [], at now: Int64 = 200
    ) -> ErasureVerdict {
        AccountLife(state, flags: flags).erasure(
            ofClosure: closure, due: due, at: Timestamp(microseconds: now))
    }

    @Test func `waits for its date, and not a microsecond longer`() {
        #expect(verdict(.closed(at: closure), at: 199) == .early)
        #expect(verdict(.closed(at: closure), at: 200) == .due)
    }

    @Test func `waits for every flag`() {
        #expect(verdict(.closed(at: closure), [.restricted]) == .blocked([.restricted]))
        #expect(verdict(.closed(at: closure), [.legalHold]) == .blocked([.legalHold]))
    }

    @Test func `has no say once the owner has returned, not even when closed again`() {
        for state in [AccountState.active, .suspended, .invited(until: due)] {
            #expect(verdict(state) == .superseded)
        }
        #expect(verdict(.closed(at: Timestamp(microseconds: 101))) == .superseded)
    }

    @Test func `is done once`() {
        #expect(verdict(.erased(at: closure)) == .done)
    }
}
