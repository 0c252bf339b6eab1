import Accounts
import Incidents
import Storage
import Testing

extension Store {
    /// Enqueues events `e1`, `e2`, … for one sink.
    fileprivate func enqueue(
        _ count: Int, sinks: [String] = ["pull"], at now: Int64 = 0
    ) throws(DatabaseError) {
        for _ in 0..<count {
            try write { transaction throws(DatabaseError) in
                let sequence = try IncidentQueue.nextSequence(transaction)
                try IncidentQueue.enqueue(
                    eventID: "e\(sequence)", type: "t", sequence: sequence,
                    body: Array("{\(sequence)}".utf8), sinks: sinks, at: .second(now), transaction)
            }
        }
    }

    fileprivate func lease(
        _ token: UInt8, max: Int = 100, at now: Int64, until: Int64, sink: String = "pull"
    ) throws(DatabaseError) -> [IncidentQueue.Delivery] {
        try write { transaction throws(DatabaseError) in
            try IncidentQueue.lease(
                sink: sink, token: [token], until: .second(until), countMax: max,
                at: .second(now), transaction)
        }
    }

    fileprivate func acknowledge(
        _ token: UInt8, _ event: String, at now: Int64, sink: String = "pull"
    ) throws -> Bool {
        try write { transaction throws(DatabaseError) in
            try IncidentQueue.acknowledge(
                .init(token: [token], eventID: event), sink: sink, at: .second(now), transaction)
        }
    }

    fileprivate func depth() throws -> [String] {
        try read { reader throws(DatabaseError) in try IncidentQueue.depth(reader) }
            .map { "\($0.sink) \($0.state.rawValue) \($0.count)" }
    }
}

@Suite struct `The queue's store` {
    @Test(arguments: TestDatabase.all)
    func `numbers events without a gap, however many enqueue at once`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            let results = racing(4) { _ throws(DatabaseError) in try store.enqueue(5) }
            #expect(results.allSatisfy { (try? $0.get()) != nil })
            let numbers = [
                try store.number("SELECT MIN(sequence) FROM event"),
                try store.number("SELECT MAX(sequence) FROM event"),
                try store.number("SELECT COUNT(DISTINCT sequence) FROM event"),
            ]
            #expect(numbers == [1, 20, 20])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes a number back with the transaction that did not happen`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            #expect(throws: DatabaseError.conflict) {
                try store.write { transaction throws(DatabaseError) in
                    _ = try IncidentQueue.nextSequence(transaction)
                    throw .conflict
                }
            }
            try store.enqueue(1)
            #expect(try store.lease(1, at: 0, until: 30).map(\.eventID) == ["e1"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `hands out in order, some at a time, with the body as written`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.enqueue(5)
            let first = try store.lease(1, max: 2, at: 0, until: 30)
            #expect(first.map(\.eventID) == ["e1", "e2"])
            #expect(first.map(\.body) == [Array("{1}".utf8), Array("{2}".utf8)])
            #expect(first.map(\.attempt) == [1, 1])
            #expect(try store.lease(2, at: 0, until: 30).map(\.eventID) == ["e3", "e4", "e5"])
            #expect(try store.lease(3, at: 29, until: 60).isEmpty)
            #expect(try store.depth() == ["pull leased 5"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `hands nothing out twice when many lease at once`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.enqueue(30)
            let results = racing(6) { index throws(DatabaseError) in
                try store.lease(UInt8(index + 1), max: 5, at: 0, until: 30)
            }
            let leased = try results.flatMap { try $0.get() }
            #expect(leased.count == 30)
            #expect(Set(leased.map(\.eventID)).count == 30)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `hands out again when a lease has ended, and refuses the late`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.enqueue(1)
            _ = try store.lease(1, at: 0, until: 30)
            #expect(try !store.acknowledge(1, "e1", at: 30))
            let again = try store.lease(2, at: 30, until: 60)
            #expect(again.map(\.attempt) == [2])
            #expect(try !store.acknowledge(1, "e1", at: 31))
            #expect(try !store.acknowledge(2, "e2", at: 31))
            #expect(try !store.acknowledge(2, "e1", at: 31, sink: "webhook"))
            #expect(try store.acknowledge(2, "e1", at: 59))
            #expect(try !store.acknowledge(2, "e1", at: 59))
            #expect(try store.depth().isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `extends a lease that still holds`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.enqueue(1)
            _ = try store.lease(1, at: 0, until: 30)
            let extend = { (token: UInt8, now: Int64, until: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try IncidentQueue.extend(
                        .init(token: [token], eventID: "e1"), sink: "pull", until: .second(until),
                        at: .second(now), transaction)
                }
            }
            #expect(try extend(1, 29, 90))
            #expect(try !extend(2, 29, 99))
            #expect(try store.lease(3, at: 89, until: 99).isEmpty)
            #expect(try !extend(1, 90, 99))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives back a delivery for later, or for good`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.enqueue(2)
            _ = try store.lease(1, at: 0, until: 30)
            let attempts = try store.read { reader throws(DatabaseError) in
                try IncidentQueue.attempts(
                    under: .init(token: [1], eventID: "e1"), sink: "pull", at: .second(1), reader)
            }
            #expect(attempts?.count == 1 && attempts?.type == "t")
            let release = { (event: String, state: DeliveryState, notBefore: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try IncidentQueue.release(
                        .init(token: [1], eventID: event), sink: "pull", as: state,
                        notBefore: .second(notBefore), transaction)
                }
            }
            #expect(try release("e1", .ready, 10))
            #expect(try !release("e1", .ready, 0))
            #expect(try release("e2", .dead, 0))
            #expect(try store.lease(2, at: 9, until: 30).isEmpty)
            #expect(try store.lease(2, at: 10, until: 30).map(\.eventID) == ["e1"])
            #expect(try store.depth() == ["pull dead 1", "pull leased 1"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `buries what was tried too often or waits too long`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let bury = { (now: Int64, since: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try IncidentQueue.bury(
                        sink: "pull", attemptsMax: 2, abandonedSince: .second(since),
                        at: .second(now), transaction)
                }.count
            }
            try store.enqueue(1)
            _ = try store.lease(1, at: 0, until: 10)
            #expect(try bury(10, -100) == 0)
            _ = try store.lease(2, at: 10, until: 20)
            // Its holder may still acknowledge it.
            #expect(try bury(19, -100) == 0)
            #expect(try bury(20, -100) == 1)
            #expect(try bury(20, -100) == 0)
            try store.enqueue(1, at: 50)
            #expect(try bury(60, 49) == 0)
            #expect(try bury(60, 50) == 1)
            #expect(try store.depth() == ["pull dead 2"])
            #expect(try store.lease(3, at: 99, until: 100).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes a lease from a clock that was far ahead for ended`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.enqueue(1, at: 90_000)
            _ = try store.lease(1, at: 90_000, until: 93_601)
            #expect(try store.lease(2, at: 0, until: 30).map(\.eventID) == ["e1"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `delivers to each sink by itself and knows the oldest that waits`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            let oldest = {
                try store.read { reader throws(DatabaseError) in
                    try IncidentQueue.oldestWaiting(sink: "pull", reader)
                }
            }
            #expect(try oldest() == nil)
            try store.enqueue(1, sinks: ["pull", "webhook"], at: 5)
            try store.enqueue(1, sinks: ["pull"], at: 6)
            #expect(try oldest() == .second(5))
            _ = try store.lease(1, max: 1, at: 7, until: 30)
            #expect(try oldest() == .second(5))
            #expect(try store.acknowledge(1, "e1", at: 8))
            #expect(try oldest() == .second(6))
            #expect(try store.depth() == ["pull ready 1", "webhook ready 1"])
            let other = try store.lease(2, at: 9, until: 30, sink: "webhook")
            #expect(other.map(\.eventID) == ["e1"])
        }
    }
}
