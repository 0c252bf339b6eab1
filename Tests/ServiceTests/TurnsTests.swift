import Accounts
import Service
import Testing

private typealias Client = Turns<Int>.Client

private func owner(_ number: Int) -> Client {
    .owner(AccountID(bytes: [UInt8](repeating: UInt8(number), count: 16)))
}

/// Turns that expectations may ask, which a value with mutating functions cannot be.
private final class Waiting {
    private var turns: Turns<Int>

    /// A tenth of a second a hash, a second to wait at most.
    init(
        lanes: Int = 2, waitMax: Duration = .seconds(1), hashTime: Duration = .milliseconds(100)
    ) {
        turns = Turns(lanes: lanes, waitMax: waitMax, hashTime: hashTime)
    }

    var pending: Int { turns.pending }
    var hashTime: Duration { turns.hashTime }

    func seat(_ client: Client, hashes: Int = 1) -> Turns<Int>.Seat? {
        guard case .seated(let seat) = turns.admit(client, hashes: hashes) else { return nil }
        return seat
    }

    /// Takes a seat and puts work on it.
    func enqueue(_ number: Int, _ client: Client) throws {
        turns.append(number, try #require(seat(client)))
    }

    /// Takes seats until one is refused.
    func fill(_ client: (Int) -> Client) -> Int {
        var count = 0
        while seat(client(count)) != nil { count += 1 }
        return count
    }

    func refusal(_ client: Client) -> Int? {
        guard case .refused(let seconds) = turns.admit(client, hashes: 1) else { return nil }
        return seconds
    }

    func order(_ count: Int) -> [Int] { (0..<count).compactMap { _ in turns.popFirst() } }
    func leave(_ seat: Turns<Int>.Seat) { turns.leave(seat) }
    func note(_ elapsed: Duration, _ seat: Turns<Int>.Seat) { turns.note(elapsed, seat) }
}

@Suite struct `Turns on the lanes` {
    @Test func `are promised up to the last that comes in time`() {
        let turns = Waiting()
        // Twenty hashes on two lanes are a second of waiting for the twenty-first.
        #expect(turns.fill { _ in .stranger } == 21)
        #expect(turns.pending == 21)
    }

    @Test func `are promised to one at a time where nobody may wait`() {
        let turns = Waiting(lanes: 1, waitMax: .zero)
        #expect(turns.fill { _ in .stranger } == 1)
    }

    @Test func `count each hash of a piece of work`() {
        let turns = Waiting()
        for _ in 0..<10 { _ = turns.seat(.stranger, hashes: 2) }
        #expect(turns.pending == 20)
        #expect(turns.seat(.stranger) != nil)
        #expect(turns.seat(.stranger) == nil)
    }

    @Test func `say when one would come in time`() {
        let turns = Waiting(lanes: 1, waitMax: .seconds(5))
        #expect(turns.fill { _ in .stranger } == 51)
        #expect(turns.refusal(.stranger) == 1)
        let slow = Waiting(lanes: 1, waitMax: .seconds(5), hashTime: .seconds(4))
        #expect(slow.fill { _ in .stranger } == 2)
        // Two hashes are eight seconds, three more than anybody waits.
        #expect(slow.refusal(.stranger) == 4)
    }

    @Test func `are free again when a seat is left`() throws {
        let turns = Waiting(lanes: 1, waitMax: .zero)
        let seat = try #require(turns.seat(.stranger))
        #expect(turns.seat(.stranger) == nil)
        turns.leave(seat)
        #expect(turns.pending == 0)
        #expect(turns.seat(.stranger) != nil)
    }

    @Test func `keep their order among strangers`() throws {
        let turns = Waiting()
        for number in 0..<5 { try turns.enqueue(number, .stranger) }
        #expect(turns.order(6) == [0, 1, 2, 3, 4])
    }

    @Test func `go to owners every second time while both wait`() throws {
        let turns = Waiting()
        for number in 0..<6 { try turns.enqueue(number, .stranger) }
        for number in 0..<2 {
            try turns.enqueue(100 + number, owner(number))
        }
        #expect(turns.order(8) == [100, 0, 101, 1, 2, 3, 4, 5])
    }

    @Test func `go to strangers every second time too`() throws {
        let turns = Waiting()
        try turns.enqueue(0, .stranger)
        try turns.enqueue(1, .stranger)
        for number in 0..<4 {
            try turns.enqueue(100 + number, owner(number))
        }
        #expect(turns.order(6) == [100, 0, 101, 1, 102, 103])
    }

    @Test func `are there for an owner however many strangers wait`() {
        let turns = Waiting()
        #expect(turns.fill { _ in .stranger } == 21)
        // The tenth owner waits for nine others and, between them, for ten strangers.
        #expect(turns.fill { owner($0) } == 10)
    }

    @Test func `are not for strangers while owners fill the second`() {
        let turns = Waiting()
        #expect(turns.fill { owner($0) } == 21)
        #expect(turns.fill { _ in .stranger } == 10)
    }

    @Test func `give an account one place among the owners`() throws {
        let turns = Waiting()
        #expect(turns.fill { _ in .stranger } == 21)
        let seat = try #require(turns.seat(owner(1)))
        // The second attempt would have to wait with the strangers, for whom it is too late.
        #expect(turns.seat(owner(1)) == nil)
        #expect(turns.seat(owner(2)) != nil)
        turns.leave(seat)
        #expect(turns.seat(owner(1)) != nil)
    }

    @Test func `follow the time that hashes take`() throws {
        let turns = Waiting(lanes: 1)
        let seat = try #require(turns.seat(.stranger, hashes: 2))
        for _ in 0..<100 { turns.note(.milliseconds(1_000), seat) }
        #expect(turns.hashTime > .milliseconds(490))
        #expect(turns.hashTime <= .milliseconds(500))
    }
}
