import Accounts
import Service
import Storage
import Testing

extension RunningService {
    /// A decoy, made beside the running server as the command line makes it.
    fileprivate func plant(_ email: String) throws -> Canaries.Planted {
        let start = try NodeStart(configuration, log: Log(descriptor: 2, clock: systemTime))
        var planted: Canaries.Planted?
        try Canaries(try start.commandNode(on: database), actor: "cli:0").add(
            email: try EmailAddress(parsing: email)
        ) { planted = $0 }
        return try #require(planted)
    }

    fileprivate func canaryFinding() throws -> Delivery {
        try eventually {
            let leased = try lease()
            if !leased.isEmpty {
                #expect(try settle("ack", leased.map(\.token)).status == 204)
            }
            return leased.first { $0.event.type == "loquet.breach.canary.v1" }
        }
    }
}

@Suite struct `A canary account` {
    @Test func `raises a critical finding at the first right password, and starts the clock`()
        throws
    {
        let service = try RunningService()
        let planted = try service.plant("backup@example.com")
        let thief = Person(email: planted.email, password: planted.password)
        #expect(try service.signIn(thief.with(password: "Wrong-guess-1")).status == 401)
        #expect(try service.signIn(thief).status == 201)
        let event = try service.canaryFinding().event
        #expect(event.severitynumber == 21)
        #expect(event.subject == "account/\(planted.account.text)")
        #expect(event.data.isSuspectedBreach == true)
        let body = try service.texts(
            "SELECT CAST(body AS TEXT) FROM event WHERE type = 'loquet.breach.canary.v1'")
        #expect(body.first?.contains("\"aware_at\":\"") == true)
        #expect(body.count == 1)
        #expect(body.first?.contains("example.com") == false)
    }

    @Test func `is like any account from outside`() throws {
        let service = try RunningService()
        let planted = try service.plant("backup@example.com")
        try service.register(Person(email: "ada@example.com"))
        let thief = Person(email: planted.email, password: planted.password)
        // The address is taken, and the session is one.
        #expect(try service.register(thief).status == 409)
        let session = try service.session(thief)
        #expect(try service.isLive(session.token))
        let decoy = try service.call("GET", "/v1/account", key: session.token)
        let real = try service.call(
            "GET", "/v1/account", key: try service.session(Person(email: "ada@example.com")).token)
        #expect(decoy.status == 200)
        let names = { (answer: Answer) in
            if case .object(let members)? = answer.json["account"] {
                members.map(\.name)
            } else {
                [String]()
            }
        }
        #expect(names(decoy) == names(real))
        #expect(!decoy.text.contains("canary"))
        // The rows differ in nothing but the table that no request reads.
        let applications = try service.texts("SELECT DISTINCT application FROM account")
        #expect(applications.count == 1)
        let events = try service.number(
            "SELECT COUNT(*) FROM event WHERE type = 'loquet.account.registered.v1'")
        #expect(events == 2)
    }

    @Test func `is audited, and closed like any account when it is removed`() throws {
        let service = try RunningService()
        let planted = try service.plant("backup@example.com")
        let thief = Person(email: planted.email, password: planted.password)
        let session = try service.session(thief)
        let start = try NodeStart(
            service.configuration, log: Log(descriptor: 2, clock: systemTime))
        let canaries = Canaries(
            try start.commandNode(on: service.database), actor: "cli:0")
        #expect(try canaries.list().map(\.email) == ["backup@example.com"])
        #expect(try canaries.remove(planted.account))
        #expect(try canaries.list().isEmpty)
        #expect(try !service.isLive(session.token))
        #expect(try service.signIn(thief).status == 401)
        #expect(try service.register(thief).status == 409)
        let actions = try service.texts(
            "SELECT action FROM audit WHERE object = \(planted.account.text) ORDER BY id")
        #expect(
            Set(actions) == [
                "account.registered", "canary.added", "account.closed", "canary.removed",
                "account.closure_decided",
            ])
    }

    @Test func `is known again after a restart`() throws {
        let first = try RunningService()
        let planted = try first.plant("backup@example.com")
        let thief = Person(email: planted.email, password: planted.password)
        try first.signIn(thief)
        _ = try first.canaryFinding()
        let second = try first.restarted()
        try second.signIn(thief)
        let event = try second.canaryFinding().event
        // An update of the same finding, not another one.
        #expect(event.data.typeUID == 200_402)
    }
}

@Suite struct `The detection worker` {
    @Test func `finds one source that tries many accounts, and its success`() throws {
        let service = try RunningService()
        for number in 0..<20 {
            let person = Person(email: "p\(number)@example.com", ip: "198.51.100.\(number + 1)")
            try service.register(person)
        }
        let attacker = Person(password: "Somebody-elses-1", ip: "203.0.113.50")
        for number in 0..<20 {
            let status = try service.signIn(
                attacker.with(email: "p\(number)@example.com")
            ).status
            #expect(status == 401)
        }
        // Within a millisecond the log has no order.
        service.advance(.seconds(1))
        try service.signIn(Person(email: "p3@example.com", ip: "203.0.113.50"))
        var seen: [Int] = []
        _ = try eventually {
            let leased = try service.lease()
            if !leased.isEmpty { _ = try service.settle("ack", leased.map(\.token)) }
            seen += leased.filter {
                $0.event.type == "loquet.breach.credential_stuffing.v1"
                    && $0.event.subject == "source/203.0.113.50"
            }.map(\.event.severitynumber)
            return seen.contains(21) ? true : nil
        }
        #expect(seen == [17, 21])
    }
}
