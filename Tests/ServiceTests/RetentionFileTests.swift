import Accounts
import Foundation
import Service
import Testing

@Suite struct `The retention file` {
    private let now = Timestamp(seconds: 1_795_385_071)

    private func refusal(_ text: String, at now: Timestamp) throws -> String {
        let folder = try TemporaryFolder()
        let path = try folder.file("retention.json5", text)
        do {
            _ = try RetentionLibrary.schedule(path, at: now)
            return ""
        } catch {
            return error.text.replacingOccurrences(of: path, with: "FILE")
        }
    }

    private var shipped: String { String(decoding: RetentionLibrary.shipped, as: UTF8.self) }

    @Test func `that is shipped keeps what DOMAIN asks, and no identity by default`() throws {
        let schedule = try RetentionLibrary.schedule(nil, at: now)
        let rules = schedule.categories(closedAt: now)
        #expect(rules.map(\.keeps.months) == [120, 72, 60, 36, 12, 60, 60, 60])
        #expect(rules.filter { !$0.kept.isEmpty }.map(\.category) == [.civilClaims])
        #expect(schedule.unused.closedAfter.months == 24)
    }

    @Test func `is refused with the place, what was expected and the law`() throws {
        #expect(
            try refusal(
                shipped.replacingOccurrences(of: "\"10 years\"", with: "\"9 years\""), at: now)
                == "FILE: categories[0].keep: expected 10 years (art. L123-22 Code de commerce) for "
                + "accounting_identity, got 9 years")
        #expect(
            try refusal(
                shipped.replacingOccurrences(of: "\"12 months\"", with: "\"13 months\""), at: now)
                == "FILE: categories[4].keep: expected 6 months to 1 year (CNIL délibération "
                + "2021-122) for security_log, got 13 months")
        #expect(
            try refusal(
                shipped.replacingOccurrences(of: "breach_register", with: "rights_file"), at: now
            )
            .hasPrefix("FILE: categories[7].effective_from: expected rules of rights_file"))
    }

    @Test func `is refused while a category has no rule in force`() throws {
        let text = shipped.replacingOccurrences(of: "2021-10-14", with: "2027-01-01")
        #expect(
            try refusal(text, at: now)
                == "FILE: security_log has no rule before 2027-01-01: expected one in force today "
                + "(CNIL délibération 2021-122)")
        #expect(try refusal(text, at: Timestamp(seconds: 1_798_761_600)) == "")
    }
}
