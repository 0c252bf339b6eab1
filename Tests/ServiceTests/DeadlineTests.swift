import Accounts
import Incidents
import Service
import Storage
import Testing

extension RunningService {
    fileprivate func warnings() throws -> [Int64] {
        [
            try count(of: .deadlineApproaching), try count(of: .deadlineMissed),
        ]
    }

    /// A second node on the same store sees what is due. What it does was done when it answers.
    fileprivate func otherNode() throws -> IncidentDeadlines {
        IncidentDeadlines(try commandNode())
    }
}

@Suite struct `A deadline` {
    @Test func `is warned of once, over a restart and by two nodes, and when it is missed`() throws
    {
        let first = try RunningService()
        let id = try first.report()
        first.advance(.hours(24))
        _ = try inParallel(4) { _ in try first.otherNode().round() }
        _ = try eventually { try first.warnings() == [1, 0] ? true : nil }
        let second = try first.restarted()
        _ = try inParallel(4) { _ in try second.otherNode().round() }
        #expect(try second.warnings() == [1, 0])
        second.advance(.hours(44))
        try second.otherNode().round()
        // 24 and 4 hours left were slept through: one event.
        #expect(try second.warnings() == [2, 0])
        second.advance(.hours(4))
        try second.otherNode().round()
        #expect(try second.warnings() == [2, 0])
        second.advance(.seconds(1))
        _ = try inParallel(4) { _ in try second.otherNode().round() }
        #expect(try second.warnings() == [2, 1])
        // The clock goes back, and passes each limit again.
        second.advance(.zero - .hours(60))
        try second.otherNode().round()
        let third = try second.restarted()
        third.advance(.hours(80))
        try third.otherNode().round()
        #expect(try third.warnings() == [2, 1])
        let timeline = try #require(try third.get("/\(id)").json["timeline"]).array
        #expect(
            timeline.map { $0["text"]?.string }.dropFirst() == ["48 h", "4 h", ""])
    }

    @Test func `of a report that came late is warned of at once`() throws {
        let service = try RunningService()
        try service.report(at: service.now - .hours(50))
        _ = try eventually { try service.warnings() == [1, 0] ? true : nil }
        let body = try service.texts(
            "SELECT CAST(body AS TEXT) FROM event WHERE type LIKE '%approaching%'")
        #expect(body.first?.contains("\"hours_left\":24") == true)
    }

    @Test func `has the hours that are set when it begins`() throws {
        let service = try RunningService {
            $0.incidents.limit = BreachNotificationLimit(hours: 96) ?? .gdpr
        }
        let id = try service.report()
        #expect(
            try service.get("/\(id)").json["notify_by"]?.string
                == (service.now + .hours(96)).rfc3339())
        let other = try service.restarted { $0.incidents.limit = .gdpr }
        #expect(try other.get("/\(id)").json["remaining_seconds"] == 345_600)
        let later = try other.report()
        #expect(try other.get("/\(later)").json["remaining_seconds"] == 259_200)
    }
}
