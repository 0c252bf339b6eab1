import Accounts
import Testing

@Suite struct `An account` {
    private static let until = Timestamp(microseconds: 10)
    private static let now = Timestamp(microseconds: 9)
    private static let before = Timestamp(microseconds: 1)

    private static let states: [AccountState] = [
        .invited(until: until), .active, .suspended, .closed(at: before), .erased(at: before),
    ]
    private static let events: [AccountEvent] = [
        .passwordSet, .suspended, .reinstated, .closed, .erased,
        .returned(invitedUntil: Timestamp(microseconds: 99)), .flagged(.restricted),
        .unflagged(.legalHold),
    ]
    /// Rows are states, columns events, as at the head of the source file.
    private static let table: [[Result<AccountState, LifecycleError>]] = [
        [
            .success(.active), .failure(.invitationOpen), .failure(.notSuspended),
            .success(.closed(at: now)), .failure(.notClosed), .failure(.notClosed),
            .success(.invited(until: until)), .success(.invited(until: until)),
        ],
        [
            .success(.active), .success(.suspended), .failure(.notSuspended),
            .success(.closed(at: now)), .failure(.notClosed), .failure(.notClosed),
            .success(.active), .success(.active),
        ],
        [
            .failure(.accountSuspended), .failure(.accountSuspended), .success(.active),
            .success(.closed(at: now)), .failure(.notClosed), .failure(.notClosed),
            .success(.suspended), .success(.suspended),
        ],
        [
            .failure(.accountClosed), .failure(.accountClosed), .failure(.accountClosed),
            .failure(.accountClosed), .success(.erased(at: now)),
            .success(.invited(until: Timestamp(microseconds: 99))),
            .success(.closed(at: before)), .success(.closed(at: before)),
        ],
        [
            .failure(.accountErased), .failure(.accountErased), .failure(.accountErased),
            .failure(.accountErased), .success(.erased(at: before)), .failure(.accountErased),
            .failure(.accountErased), .failure(.accountErased),
        ],
    ]

    @Test func `lives as its table says`() {
        for (state, row) in zip(Self.states, Self.table) {
            for (event, expected) in zip(Self.events, row) {
                let result = Result { () throws(LifecycleError) in
                    try state.after(event, at: Self.now)
                }
                #expect(result == expected, "\(state) \(event)")
            }
        }
    }

    @Test func `cannot take up an invitation at its end`() {
        let invited = AccountState.invited(until: Self.until)
        #expect(throws: LifecycleError.invitationExpired) {
            try invited.after(.passwordSet, at: Self.until)
        }
        #expect(throws: Never.self) {
            try invited.after(.passwordSet, at: Self.until - .microseconds(1))
        }
    }

    @Test func `signs in only while active`() {
        #expect(Self.states.map(\.allowsSignIn) == [false, true, false, false, false])
    }

    @Test func `is stored as a word and a time`() {
        #expect(
            Self.states.map(\.name) == ["invited", "active", "suspended", "closed", "erased"])
        for state in Self.states {
            #expect(AccountState(name: state.name, time: state.time) == state)
            let wrongTime = state.time == nil ? Self.now : nil
            #expect(AccountState(name: state.name, time: wrongTime) == nil)
        }
        #expect(AccountState(name: "Active", time: nil) == nil)
    }

    @Test func `is closed for one of four reasons`() {
        #expect(
            ClosureReason.allCases.map(\.rawValue) == [
                "owner_request", "unused", "misuse", "other",
            ]
        )
    }
}
