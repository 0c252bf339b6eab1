import Accounts
import Testing

@Suite struct `A closure plan` {
    /// A schedule with the given fields of civil claims and none elsewhere.
    private func schedule(keeping fields: [String]) throws -> RetentionSchedule {
        let kept = fields.map { "\"\($0)\": \"why\"" }.joined(separator: ",")
        let rows: [(String, String, String)] = [
            ("accounting_identity", "10 years", "year_end"), ("tax_identity", "6 years", "closure"),
            ("civil_claims", "5 years", "closure"), ("identifier_tombstone", "3 years", "closure"),
            ("security_log", "12 months", "record"), ("consent_proof", "5 years", "record"),
            ("rights_file", "5 years", "record"), ("breach_register", "5 years", "record"),
        ]
        let categories = rows.map { name, keep, start in
            """
            {"category":"\(name)","keep":"\(keep)","start":"\(start)","basis":"law",
             "effective_from":"2020-01-01","effective_until":null,
             "fields":{\(name == "civil_claims" ? kept : "")}}
            """
        }.joined(separator: ",")
        return try RetentionSchedule(
            json5: Array(
                """
                {"version":1,"year_end_month":12,
                 "unused_accounts":{"close_after":"2 years","warn_days_before":30,"basis":"x"},
                 "categories":[\(categories)]}
                """.utf8))
    }

    private func account(name: String?) throws -> ClosingAccount {
        ClosingAccount(
            email: "ada@example.com", displayName: name,
            createdAt: try #require(Timestamp(rfc3339: "2024-01-01T00:00:00Z")),
            closedAt: try #require(Timestamp(rfc3339: "2024-02-29T12:00:00Z")), reason: .unused)
    }

    @Test func `keeps the declared fields and no other`() throws {
        let plan = ClosurePlan(
            closing: try account(name: "Ada"),
            under: try schedule(keeping: ["email", "closure_reason"]), besides: [])
        #expect(plan.kept.map(\.category) == [.civilClaims])
        #expect(
            plan.kept[0].fields.map(\.value).sorted() == ["ada@example.com", "unused"])
        #expect(plan.kept[0].eraseAfter == Timestamp(rfc3339: "2029-02-28T12:00:00Z"))
        #expect(plan.sealed == plan.kept)
    }

    @Test func `leaves no record for a category in which nothing would be`() throws {
        let schedule = try schedule(keeping: ["display_name"])
        let nameless = ClosurePlan(
            closing: try account(name: nil), under: schedule, besides: [.identifierTombstone])
        #expect(nameless.kept.map(\.category) == [.identifierTombstone])
        #expect(nameless.sealed.isEmpty)
        let nothing = ClosurePlan(
            closing: try account(name: "Ada"), under: try self.schedule(keeping: []), besides: [])
        #expect(nothing.kept.isEmpty)
    }

    @Test func `ends the tombstone at its own date`() throws {
        let end = ClosurePlan.tombstoneEnd(
            closedAt: try account(name: nil).closedAt, under: try schedule(keeping: []))
        #expect(end == Timestamp(rfc3339: "2027-02-28T12:00:00Z"))
    }
}
