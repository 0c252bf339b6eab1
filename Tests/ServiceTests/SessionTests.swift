import Accounts
import Service
import Storage
import Testing

@Suite struct `A session` {
    @Test func `ends an hour after its last use`() throws {
        let service = try RunningService()
        let session = try service.member()
        service.advance(.hours(1) - .microseconds(1))
        #expect(try service.isLive(session.token))
        let other = try service.session()
        service.advance(.hours(1))
        #expect(try !service.isLive(other.token))
        #expect(try service.call("GET", "/v1/account", key: other.token).status == 401)
    }

    @Test func `slides with its use, written at most once a minute`() throws {
        let service = try RunningService()
        let session = try service.member()
        let start = service.now.microseconds
        let used = { try service.number("SELECT used_at_us FROM session") }
        service.advance(.seconds(60) - .microseconds(1))
        #expect(try service.isLive(session.token))
        service.advance(.microseconds(1))
        // The next use is due. That one before was not is seen by what is written in the end.
        #expect(try service.isLive(session.token))
        #expect(try eventually { try used() == start ? nil : try used() } == start + 60_000_000)
        service.advance(.hours(1) - .microseconds(1))
        let found = try service.introspect(session.token)
        #expect(found["active"] == true)
        #expect(found["exp"]?.integer == Int((service.now + .hours(1)).seconds))
        _ = try eventually { try used() == service.now.microseconds ? true : nil }
        service.advance(.minutes(59))
        #expect(try service.isLive(session.token))
    }

    @Test func `ends twelve hours after it began, whatever its use`() throws {
        let service = try RunningService()
        let session = try service.member()
        let end = service.now + .hours(12)
        for _ in 0..<15 {
            service.advance(.minutes(48) - .microseconds(1))
            let found = try service.introspect(session.token)
            #expect(found["active"] == true)
            #expect(
                found["exp"]?.integer == Int(min(end, service.now + .hours(1)).seconds))
            _ = try eventually {
                try service.number("SELECT used_at_us FROM session") == service.now.microseconds
                    ? true : nil
            }
        }
        service.advance(end - service.now - .microseconds(1))
        #expect(try service.isLive(session.token))
        service.advance(.microseconds(1))
        #expect(try !service.isLive(session.token))
    }

    @Test func `lasts as long as the settings say`() throws {
        let service = try RunningService {
            $0.sessions.absoluteSeconds = 300
            $0.sessions.idleSeconds = 120
        }
        let session = try service.member()
        service.advance(.seconds(120) - .microseconds(1))
        #expect(try service.isLive(session.token))
        let other = try service.session()
        service.advance(.seconds(120))
        #expect(try !service.isLive(other.token))
    }

    @Test func `is removed from the store when it is over`() throws {
        let service = try RunningService()
        try service.member()
        service.advance(.hours(2))
        _ = try eventually {
            try service.number("SELECT COUNT(*) FROM session") == 0 ? true : nil
        }
        #expect(try service.number("SELECT COUNT(*) FROM device") == 1)
        service.advance(.days(180))
        _ = try eventually {
            try service.number("SELECT COUNT(*) FROM device") == 0 ? true : nil
        }
    }

    @Test func `ends when its account is suspended`() throws {
        let service = try RunningService()
        let session = try service.member()
        try service.execute("UPDATE account SET state = 'suspended'")
        #expect(try !service.isLive(session.token))
        #expect(try service.call("GET", "/v1/account", key: session.token).status == 401)
        #expect(try service.close(session.token).status == 401)
    }

    @Test func `survives a restart, and its token stands nowhere`() throws {
        let first = try RunningService()
        let session = try first.member()
        let second = try first.restarted()
        #expect(try second.isLive(session.token))
        let log = try second.log
        #expect(!log.contains(session.token))
    }

    @Test func `is one of ten devices at most`() throws {
        let service = try RunningService()
        let first = try service.member()
        for _ in 0..<10 {
            service.advance(.seconds(1))
            try service.signIn()
        }
        #expect(try service.number("SELECT COUNT(*) FROM device") == 10)
        // The oldest was pushed out: it gets a new token, as a stranger does.
        let again = try service.signIn(Person().with(device: first.device))
        #expect(again.json["device"] != nil)
    }
}
