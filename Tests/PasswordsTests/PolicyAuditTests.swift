import Foundation
import Passwords
import Testing

@Suite struct `The audit of a policy` {
    private static let restriction = AccessRestriction(
        firstDelay: .seconds(90), delayAfterFiveFailures: .seconds(90), delayMax: .seconds(7_200),
        failuresPerDay: 25)

    private func surroundings(
        _ restriction: AccessRestriction? = restriction, bases: Int = 200, corpus: Bool = false
    ) -> PolicyAudit.Surroundings {
        .init(restriction: restriction, blocklistCount: bases, hasCorpus: corpus)
    }

    private func policy(
        case number: Int, _ characters: Int, _ classes: String = "", words: Int = 0
    ) throws -> PasswordPolicy {
        let classes = classes.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ",")
        let text = """
            {name: "p", version: 1, title: "T", cnil_case: \(number), words_min: \(words),
             characters_min: \(characters), required_classes: [\(classes)]}
            """
        return try PasswordPolicy(unjudged: Array(text.utf8))
    }

    private func shipped(_ name: String) throws -> PasswordPolicy {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "config/policies/\(name).json5")
        return try PasswordPolicy(json5: Array(Data(contentsOf: file)))
    }

    /// `standard id` of every row with this verdict.
    private func rows(_ audit: PolicyAudit, _ verdict: PolicyAudit.Verdict) -> Set<String> {
        Set(
            audit.requirements.filter { $0.verdict == verdict }.map {
                "\($0.standard.rawValue.split(separator: " ")[0]) \($0.id)"
            })
    }

    private static let always: Set<String> = ["NIST 3.2.2 rate", "OWASP 6.2.8"]
    private static let composed: Set<String> = ["NIST 3.1.1.2 composition", "OWASP 6.2.5"]
    private static let withoutCorpus: Set<String> = ["OWASP 6.2.4", "OWASP 6.2.12"]

    @Test(
        arguments: [
            ("cnil-8x4", 2, ["ANSSI R21", "NIST 3.1.1.2 length"], []),
            ("cnil-80-12x4", 1, ["NIST 3.1.1.2 length"], []),
            ("cnil-80-14x3", 1, ["NIST 3.1.1.2 length"], []),
            ("cnil-passphrase-7", 1, [], ["ANSSI R23"]),
            ("anssi-15", 1, [], []),
            ("nist-63b-4", 2, [], ["ANSSI R23"]),
        ] as [(String, Int, Set<String>, Set<String>)])
    func `finds what each shipped one meets, lacks and departs from`(
        name: String, reached: Int, lacks: Set<String>, departs: Set<String>
    ) throws {
        let policy = try shipped(name)
        let audit = PolicyAudit(of: policy, in: surroundings())
        #expect(audit.isLawful)
        #expect(policy.cnilCaseReached?.rawValue == reached)
        #expect(rows(audit, .notMet) == lacks.union(Self.withoutCorpus))
        let composed = name == "nist-63b-4" ? [] : Self.composed
        #expect(rows(audit, .deviationAccepted) == departs.union(Self.always).union(composed))
        let complete = PolicyAudit(of: policy, in: surroundings(corpus: true))
        #expect(rows(complete, .notMet) == lacks)
    }

    @Test(arguments: [
        (1, 12, "upper lower digit special", 0), (1, 14, "upper lower digit", 0), (1, 4, "", 7),
        (2, 8, "upper lower digit", 0), (2, 8, "upper digit special", 0), (2, 16, "", 0),
        (2, 16, "digit", 0), (2, 4, "", 5), (2, 12, "upper lower digit special", 0),
    ])
    func `calls lawful what reaches one of the CNIL's examples`(
        number: Int, characters: Int, classes: String, words: Int
    ) throws {
        let policy = try policy(case: number, characters, classes, words: words)
        #expect(PolicyAudit(of: policy, in: surroundings()).isLawful)
    }

    @Test(
        arguments: [
            (1, 11, "upper lower digit special", 0, ["CNIL case"]),
            (1, 13, "upper lower digit", 0, ["CNIL case"]),
            (1, 14, "upper lower special", 0, ["CNIL case"]),
            (1, 16, "", 6, ["CNIL case"]),
            (2, 7, "upper lower digit special", 0, ["CNIL strength", "CNIL case"]),
            (2, 8, "upper lower", 0, ["CNIL strength", "CNIL case"]),
            (2, 15, "", 0, ["CNIL strength", "CNIL case"]),
            (2, 15, "digit", 4, ["CNIL strength", "CNIL case"]),
            (3, 4, "digit", 0, ["CNIL strength", "CNIL case 3"]),
        ] as [(Int, Int, String, Int, Set<String>)])
    func `calls unlawful what is one short of it`(
        number: Int, characters: Int, classes: String, words: Int, lacks: Set<String>
    ) throws {
        let policy = try policy(case: number, characters, classes, words: words)
        let audit = PolicyAudit(of: policy, in: surroundings())
        #expect(!audit.isLawful)
        #expect(rows(audit, .notMet).filter { $0.hasPrefix("CNIL") } == lacks)
    }

    @Test func `calls case 2 unlawful without access restriction, and case 1 not`() throws {
        let eight = PolicyAudit(of: try shipped("cnil-8x4"), in: surroundings(nil))
        #expect(!eight.isLawful)
        #expect(rows(eight, .notMet).contains("CNIL case 2"))
        #expect(rows(eight, .notMet).contains("NIST 3.2.2 rate"))
        #expect(PolicyAudit(of: try shipped("cnil-80-12x4"), in: surroundings(nil)).isLawful)
    }

    @Test(arguments: [
        (Duration.seconds(60), Duration.seconds(7_200), 25, false),
        (.milliseconds(60_001), .seconds(7_200), 25, true),
        (.seconds(90), .seconds(90), 25, false), (.seconds(90), .seconds(91), 25, true),
        (.seconds(90), .seconds(7_200), 26, false),
    ])
    func `holds the figures of access restriction against the CNIL's`(
        first: Duration, longest: Duration, failures: Int, isLawful: Bool
    ) throws {
        let restriction = AccessRestriction(
            firstDelay: first, delayAfterFiveFailures: first, delayMax: longest,
            failuresPerDay: failures)
        let audit = PolicyAudit(of: try shipped("cnil-8x4"), in: surroundings(restriction))
        #expect(audit.isLawful == isLawful)
    }

    @Test func `judges length where ANSSI, NIST and OWASP draw their lines`() throws {
        let lines = [(9, "ANSSI R21"), (15, "NIST 3.1.1.2 length"), (8, "OWASP 6.2.1")]
        for (least, row) in lines {
            for (characters, isMet) in [(least, true), (least - 1, false)] {
                let audit = PolicyAudit(
                    of: try policy(case: 1, characters, "upper lower digit special"),
                    in: surroundings())
                #expect(rows(audit, isMet ? .met : .notMet).contains(row), "\(row) \(characters)")
            }
        }
        for (bases, isMet) in [(3_000, true), (2_999, false)] {
            let audit = PolicyAudit(of: try shipped("anssi-15"), in: surroundings(bases: bases))
            #expect(rows(audit, isMet ? .met : .notMet).contains("OWASP 6.2.4"))
        }
        let none = PolicyAudit(of: try shipped("anssi-15"), in: surroundings(bases: 0))
        #expect(rows(none, .notMet).contains("NIST 3.1.1.2 blocklist"))
    }

    @Test func `has one row a requirement, each with a reason`() throws {
        let audit = PolicyAudit(of: try shipped("cnil-8x4"), in: surroundings())
        let names = audit.requirements.map { "\($0.standard.rawValue) \($0.id)" }
        #expect(Set(names).count == names.count)
        #expect(audit.requirements.allSatisfy { !$0.reason.isEmpty && !$0.asks.isEmpty })
        for standard in PolicyAudit.Standard.allCases {
            #expect(audit.requirements.contains { $0.standard == standard })
        }
        #expect(audit.requirements.filter { $0.standard == .asvs }.count == 12)
    }
}
