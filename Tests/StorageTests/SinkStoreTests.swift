import Accounts
import Incidents
import Storage
import Testing

extension Store {
    fileprivate func enqueue(_ ids: String..., sinks: [Sink], at now: Int64 = 0) throws {
        for id in ids {
            try write { transaction throws(DatabaseError) in
                let sequence = try IncidentQueue.nextSequence(transaction)
                try IncidentQueue.enqueue(
                    eventID: id, type: "t.\(id)", sequence: sequence, body: Array(id.utf8),
                    sinks: sinks.map(\.rawValue), at: .second(now), transaction)
            }
        }
    }

    @discardableResult
    fileprivate func lease(_ sink: Sink, _ token: UInt8, at now: Int64, until: Int64) throws
        -> [IncidentQueue.Delivery]
    {
        try write { transaction throws(DatabaseError) in
            try IncidentQueue.lease(
                sink: sink.rawValue, token: [token], until: .second(until), countMax: 100,
                at: .second(now), transaction)
        }
    }

    fileprivate func kill(_ event: String, _ sink: Sink, _ token: UInt8, _ error: String?) throws {
        let isReleased = try write { transaction throws(DatabaseError) in
            try IncidentQueue.release(
                .init(token: [token], eventID: event), sink: sink.rawValue, as: .dead,
                notBefore: .epoch, error: error, transaction)
        }
        try #require(isReleased)
    }

    fileprivate func dead(_ sink: Sink?) throws -> [IncidentQueue.DeadLetter] {
        try read { reader throws(DatabaseError) in
            try IncidentQueue.dead(in: sink, countMax: 10, reader)
        }
    }

    fileprivate func isDue(_ sink: Sink, at now: Int64) throws -> Bool {
        try read { reader throws(DatabaseError) in
            try IncidentQueue.isDue(sink: sink.rawValue, at: .second(now), reader)
        }
    }
}

@Suite struct `A sink's store` {
    @Test(arguments: TestDatabase.all)
    func `keeps the first reason of a pause until it is resumed`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            func pause(_ reason: String, _ at: Int64) throws -> Bool {
                try store.write { transaction throws(DatabaseError) in
                    try SinkStore.pause(
                        .webhook, .init(since: .second(at), by: "cli:0", reason: reason),
                        transaction)
                }
            }
            func resume() throws -> Bool {
                try store.write { transaction throws(DatabaseError) in
                    try SinkStore.resume(.webhook, transaction)
                }
            }
            func current(_ sink: Sink) throws -> SinkStore.Pause? {
                try store.read { reader throws(DatabaseError) in
                    try SinkStore.pause(of: sink, reader)
                }
            }
            let none = try current(.webhook)
            #expect(none == nil)
            #expect(try !resume())
            #expect(try pause("a", 1))
            #expect(try !pause("b", 2))
            #expect(
                try current(.webhook) == .init(since: .second(1), by: "cli:0", reason: "a"))
            #expect(try current(.amqp) == nil)
            #expect(try resume())
            #expect(try !resume())
            #expect(try current(.webhook) == nil)
            #expect(try pause("c", 3))
            #expect(try current(.webhook)?.reason == "c")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `tells of the dead once in an interval, and of all of them`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let note = { (count: Int) in
                try store.write { transaction throws(DatabaseError) in
                    try SinkStore.noteDead(count, in: .amqp, transaction)
                }
            }
            let take = { (now: Int64) in
                try store.write { transaction throws(DatabaseError) in
                    try SinkStore.takeDead(
                        in: .amqp, interval: .seconds(60), at: .second(now), transaction)
                }
            }
            #expect(try take(1_000) == nil)
            try note(3)
            try note(2)
            #expect(try take(1_000) == 5)
            #expect(try take(1_000) == nil)
            try note(1)
            #expect(try take(1_059) == nil)
            try note(7)
            #expect(try take(1_060) == 8)
            try note(1)
            // Told by a clock that was ahead.
            #expect(try take(1_001) == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps pause and count apart`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.write { transaction throws(DatabaseError) in
                try SinkStore.noteDead(4, in: .pull, transaction)
                _ = try SinkStore.pause(
                    .pull, .init(since: .second(1), by: "x", reason: "y"), transaction)
                try SinkStore.noteDead(1, in: .pull, transaction)
                _ = try SinkStore.resume(.pull, transaction)
            }
            #expect(try store.number("SELECT dead_untold FROM sink WHERE name = 'pull'") == 5)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes an untried delivery back as if it had never been leased`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.enqueue("a", "b", sinks: [.webhook])
            try store.lease(.webhook, 1, at: 0, until: 30)
            try store.write { transaction throws(DatabaseError) in
                try IncidentQueue.putBack(
                    .init(token: [1], eventID: "a"), sink: "webhook", transaction)
                // Somebody else's lease is not touched.
                try IncidentQueue.putBack(
                    .init(token: [9], eventID: "b"), sink: "webhook", transaction)
            }
            let again = try store.lease(.webhook, 2, at: 0, until: 30)
            #expect(again.map(\.eventID) == ["a"] && again.map(\.attempt) == [1])
            #expect(again.map(\.type) == ["t.a"])
            #expect(try store.lease(.webhook, 3, at: 30, until: 60).map(\.attempt) == [2, 2])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `says whether something is due, on both sides of its time`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            #expect(try !store.isDue(.webhook, at: 0))
            try store.enqueue("a", sinks: [.webhook])
            #expect(try store.isDue(.webhook, at: 0) && !store.isDue(.pull, at: 0))
            try store.lease(.webhook, 1, at: 0, until: 30)
            #expect(try !store.isDue(.webhook, at: 29) && store.isDue(.webhook, at: 30))
            _ = try store.write { transaction throws(DatabaseError) in
                try IncidentQueue.release(
                    .init(token: [1], eventID: "a"), sink: "webhook", as: .ready,
                    notBefore: .second(40), transaction)
            }
            #expect(try !store.isDue(.webhook, at: 39) && store.isDue(.webhook, at: 40))
            try store.lease(.webhook, 2, at: 40, until: 60)
            try store.kill("a", .webhook, 2, nil)
            #expect(try !store.isDue(.webhook, at: 1_000))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows dead letters with their reason, and redrives them with all attempts`(
        _ test: TestDatabase
    ) throws {
        try Store.with(test) { store in
            try store.enqueue("a", "b", "c", sinks: [.webhook, .amqp], at: 5)
            try store.lease(.webhook, 1, at: 5, until: 30)
            try store.lease(.amqp, 1, at: 5, until: 30)
            for event in ["a", "b", "c"] { try store.kill(event, .webhook, 1, "why \(event)") }
            try store.kill("b", .amqp, 1, nil)
            #expect(try store.dead(nil).map(\.eventID) == ["a", "b", "b", "c"])
            #expect(
                try store.dead(.webhook).first
                    == .init(
                        eventID: "a", sink: "webhook", type: "t.a", attempts: 1,
                        lastError: "why a", enqueuedAt: .second(5)))
            #expect(try store.dead(.amqp).map(\.lastError) == [nil])
            let one = try store.write { transaction throws(DatabaseError) in
                (
                    try IncidentQueue.redrive(
                        eventID: "b", .webhook, at: .second(9), transaction),
                    try IncidentQueue.redrive(
                        eventID: "b", .webhook, at: .second(9), transaction)
                )
            }
            #expect(one == (true, false))
            let rest = try store.write { transaction throws(DatabaseError) in
                try IncidentQueue.redrive(.webhook, countMax: 1, at: .second(9), transaction)
            }
            #expect(rest == 1)
            #expect(try store.dead(.webhook).map(\.eventID) == ["c"])
            #expect(try store.dead(.amqp).map(\.eventID) == ["b"])
            let again = try store.lease(.webhook, 2, at: 9, until: 30)
            #expect(again.map(\.eventID) == ["a", "b"] && again.map(\.attempt) == [1, 1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `buries what we deliver by attempts only`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            let bury = { (since: Timestamp?) in
                try store.write { transaction throws(DatabaseError) in
                    try IncidentQueue.bury(
                        sink: "webhook", attemptsMax: 1, abandonedSince: since,
                        at: .second(50), transaction)
                }
            }
            try store.enqueue("a", sinks: [.webhook])
            try store.lease(.webhook, 1, at: 0, until: 30)
            try store.enqueue("b", sinks: [.webhook])
            #expect(try bury(nil) == ["t.a"])
            #expect(try bury(nil).isEmpty)
            #expect(try bury(.second(50)) == ["t.b"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `shows the latest events first`(_ test: TestDatabase) throws {
        try Store.with(test) { store in
            try store.enqueue("a", "b", "c", sinks: [], at: 3)
            let latest = try store.read { reader throws(DatabaseError) in
                try IncidentQueue.latest(countMax: 2, reader)
            }
            #expect(latest.map(\.id) == ["c", "b"])
            #expect(latest.first?.type == "t.c" && latest.first?.at == .second(3))
            #expect(latest.first?.body == Array("c".utf8))
        }
    }
}
