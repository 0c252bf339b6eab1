import Accounts
import Passwords
import Testing

@Suite struct `A verdict vector` {
    private let now = Timestamp(seconds: 1_700_000_000)

    private func vector(
        _ broken: [PasswordViolation] = [], candidate: RuleVerdict? = nil,
        corpus: VerdictVector.Corpus? = nil, at time: Timestamp? = nil
    ) -> VerdictVector {
        VerdictVector(
            time: time ?? now, inForce: .init(policy: "cnil-8x4", version: 1, broken: broken),
            candidate: candidate, corpus: corpus)
    }

    private var varied: [VerdictVector] {
        let candidate = RuleVerdict(
            policy: String(repeating: "a", count: 64), version: 1_000_000,
            broken: PasswordViolation.allCases)
        let corpus = VerdictVector.Corpus(
            version: String(repeating: "~", count: 64), isListed: true)
        return [
            vector(), vector([.tooShort, .blocklisted]), vector(candidate: candidate),
            vector(corpus: corpus), vector(PasswordViolation.allCases, candidate: candidate),
            vector(at: .earliest), vector(at: .latest),
        ]
    }

    @Test func `is read again as what it was, and always as long`() {
        for vector in varied {
            #expect(VerdictVector(encoded: vector.encoded) == vector)
            #expect(vector.encoded.count == VerdictVector.encodedCount)
        }
        #expect(VerdictVector.encodedCount == 217)
    }

    @Test func `names the rules that were broken, in the order of the report`() {
        #expect(vector([.blocklisted, .tooShort]).inForce.broken == [.tooShort, .blocklisted])
        #expect(vector().inForce.isCompliant)
        #expect(!vector([.missingDigit]).inForce.isCompliant)
    }

    @Test func `is refused with any byte missing or too many`() {
        let bytes = vector([.tooShort]).encoded
        #expect(VerdictVector(encoded: Array(bytes.dropLast())) == nil)
        #expect(VerdictVector(encoded: bytes + [0]) == nil)
        #expect(VerdictVector(encoded: []) == nil)
    }

    @Test func `is refused with any byte that says what cannot be`() {
        let bytes = vector([.tooShort]).encoded
        /// Position, value: format, empty policy, policy's length, its filling, an upper-case letter,
        /// version 0, an unknown rule, a candidate without a name, listed without a corpus, a third
        /// truth value.
        let bad: [(Int, UInt8)] = [
            (0, 2), (0, 0), (9, 0), (9, 65), (9, 7), (10, 0x43), (70, 0), (77, 0), (78, 0x80),
            (144, 1), (150, 1), (216, 1), (216, 2),
        ]
        for (position, value) in bad where bytes[position] != value {
            var changed = bytes
            changed[position] = value
            let read = VerdictVector(encoded: changed)
            #expect(read == nil || read?.encoded == changed, "\(position) \(value)")
        }
        for position in [0, 9, 10, 78, 150, 216] {
            var changed = bytes
            changed[position] = 0xFF
            #expect(VerdictVector(encoded: changed) == nil, "\(position)")
        }
    }

    @Test func `answers for either policy that it was judged by`() {
        let candidate = RuleVerdict(policy: "anssi-15", version: 2, broken: [.tooShort])
        let vector = vector(candidate: candidate)
        #expect(vector.verdict(on: "cnil-8x4", version: 1)?.isCompliant == true)
        #expect(vector.verdict(on: "anssi-15", version: 2) == candidate)
        #expect(vector.verdict(on: "anssi-15", version: 1) == nil)
        #expect(vector.verdict(on: "cnil-8x4", version: 2) == nil)
    }

    @Test func `is written when something else was found, else once a day`() {
        let old = vector([.tooShort])
        let day = Duration.hours(24)
        #expect(vector().isWorthWriting(over: nil))
        #expect(vector().isWorthWriting(over: old))
        #expect(!vector([.tooShort], at: now + day - .microseconds(1)).isWorthWriting(over: old))
        #expect(vector([.tooShort], at: now + day).isWorthWriting(over: old))
        #expect(vector([.tooShort], at: now - day).isWorthWriting(over: old))
        let corpus = VerdictVector.Corpus(version: "1", isListed: false)
        #expect(vector([.tooShort], corpus: corpus).isWorthWriting(over: old))
    }

    @Test(arguments: [
        ("", false), ("a", true), (String(repeating: "a", count: 64), true),
        (String(repeating: "a", count: 65), false), ("a b", false), ("é", false),
    ])
    func `takes a corpus version of printing ASCII`(version: String, isTaken: Bool) {
        #expect((VerdictVector.Corpus(version: version, isListed: true) != nil) == isTaken)
    }
}

@Suite struct `The remediation of a policy` {
    private let now = Timestamp(seconds: 1_700_000_000)

    @Test(
        arguments: [
            (.monitor, .none), (.notify, .none), (.withdrawn, .none),
            (.changeAtNextLogin, .changeRequired),
        ] as [(RemediationStage, Remediation.Consequence)])
    func `asks for a change from its third stage on`(
        stage: RemediationStage, expected: Remediation.Consequence
    ) throws {
        let remediation = try #require(Remediation(stage))
        #expect(remediation.consequence(ofBreaking: [.tooShort], at: now) == expected)
        #expect(remediation.consequence(ofBreaking: [], at: now) == .none)
    }

    @Test func `blocks from its date on, and asks for a change before`() throws {
        let remediation = try #require(Remediation(.blockAfter, blockAfter: now))
        let before = now - .microseconds(1)
        #expect(remediation.consequence(ofBreaking: [.tooShort], at: before) == .changeRequired)
        #expect(remediation.consequence(ofBreaking: [.tooShort], at: now) == .blocked)
        #expect(remediation.consequence(ofBreaking: [], at: now) == .none)
    }

    @Test func `goes by its rules alone where some are named`() throws {
        let remediation = try #require(Remediation(.changeAtNextLogin, rules: [.blocklisted]))
        #expect(remediation.consequence(ofBreaking: [.tooShort], at: now) == .none)
        #expect(
            remediation.consequence(ofBreaking: [.tooShort, .blocklisted], at: now)
                == .changeRequired)
    }

    @Test func `has a date in its last stage and in no other`() {
        for stage in RemediationStage.allCases {
            #expect((Remediation(stage) != nil) == (stage != .blockAfter))
            #expect((Remediation(stage, blockAfter: now) != nil) == (stage == .blockAfter))
        }
    }
}
