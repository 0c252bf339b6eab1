import Accounts
import Passwords
import Service
import Storage
import Testing

@Suite struct `The verdict on a password` {
    @Test func `is kept when the password is set`() throws {
        let service = try RunningService()
        try service.register()
        let vector = try #require(try service.vector())
        #expect(vector.time == service.now)
        #expect(vector.inForce == RuleVerdict(policy: "cnil-8x4", version: 1, broken: []))
        #expect(vector.candidate == nil)
        #expect(vector.corpus == nil)
    }

    @Test func `is kept in bytes that say nothing, of one length`() throws {
        let service = try RunningService()
        try service.register()
        try service.register(Person(email: "b@example.com", password: "Un-Cheval-1815"))
        #expect(
            try service.number("SELECT count(DISTINCT length(sealed)) FROM verdict") == 1)
        #expect(
            try service.number("SELECT min(length(sealed)) FROM verdict")
                == Int64(VerdictVector.encodedCount + 28))
        #expect(
            try service.number("SELECT count(*) FROM verdict WHERE instr(sealed, 'cnil') > 0") == 0)
    }

    @Test func `is given anew by a sign-in, at most once a day while it is the same`() throws {
        let service = try RunningService()
        try service.register()
        let first = service.now
        service.advance(.hours(24) - .microseconds(1))
        try service.session()
        #expect(try service.vector()?.time == first)
        service.advance(.microseconds(1))
        try service.session()
        #expect(try service.vector()?.time == service.now)
    }

    @Test func `is given anew at once when something else is found`() throws {
        let service = try RunningService()
        try service.register()
        try service.take("cnil-80-12x4", .notify)
        service.advance(.seconds(1))
        try service.session()
        let vector = try #require(try service.vector())
        #expect(vector.time == service.now)
        #expect(
            vector.inForce
                == RuleVerdict(policy: "cnil-80-12x4", version: 1, broken: [.tooShort]))
    }

    @Test func `follows a change of the password`() throws {
        let service = try RunningService()
        let session = try service.member()
        try service.take("anssi-15", .notify)
        service.advance(.seconds(1))
        #expect(
            try service.changePassword(session.token, "Abcdef1!", to: "Un-Long-Cheval-1815")
                .status == 204)
        #expect(
            try service.vector()?.inForce
                == RuleVerdict(policy: "anssi-15", version: 1, broken: []))
    }

    @Test func `is not given by a wrong password, and not changed by one`() throws {
        let service = try RunningService()
        try service.register()
        let before = try service.vector()
        service.advance(.days(2))
        try service.signIn(Person(password: "Wrong-1815!"))
        #expect(try service.vector() == before)
    }

    @Test func `goes with the account's closure`() throws {
        let service = try RunningService()
        let session = try service.member()
        #expect(try service.number("SELECT count(*) FROM verdict") == 1)
        #expect(try service.close(session.token).status == 200)
        #expect(try service.number("SELECT count(*) FROM verdict") == 0)
    }

    @Test func `does not open for another account, and a sign-in then writes it anew`() throws {
        let service = try RunningService()
        try service.register()
        try service.register(Person(email: "b@example.com"))
        try service.execute(
            """
            UPDATE verdict SET sealed = (
                SELECT sealed FROM verdict WHERE account_id <> (SELECT min(id) FROM account))
            WHERE account_id = (SELECT min(id) FROM account)
            """)
        let report = try PasswordAudit(service.commandNode()).run()
        #expect(report.unreadable == 1)
        #expect(report.accounts.unknown == 1 && report.accounts.compliant == 1)
        try service.session()
        try service.session(Person(email: "b@example.com"))
        #expect(try PasswordAudit(service.commandNode()).run().unreadable == 0)
    }

}
