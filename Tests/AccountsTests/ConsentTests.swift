import Accounts
import Secrets
import Testing

@Suite struct `A purpose` {
    @Test func `rests on consent unless it is the contract, misuse or the law`() {
        let consented = Purpose.allCases.filter { $0.basis == .consent }.map(\.rawValue)
        #expect(consented == ["P2", "P3", "P4", "P5", "publication"])
        #expect(Purpose.provide.basis == .contract)
        #expect(Purpose.preventMisuse.basis == .legitimateInterest)
        #expect(Purpose.legalDuties.basis == .legalObligation)
    }
}

@Suite struct `A permission` {
    private func act(_ act: ConsentAct) -> ConsentRecord {
        ConsentRecord(
            id: "x", purpose: .inform, act: act, effectiveAt: .epoch, recordedAt: .epoch, pin: nil,
            channel: .site, evidence: nil, actor: "app_x")
    }

    @Test func `is no where nobody said anything`() {
        let permission = Permission(.inform, latest: nil)
        #expect(!permission.isPermitted && permission.reason == .neverGiven)
    }

    @Test func `is what the act says that counts`() {
        #expect(Permission(.inform, latest: act(.given)).isPermitted)
        #expect(!Permission(.inform, latest: act(.withdrawn)).isPermitted)
    }

    @Test(arguments: [Purpose.provide, .preventMisuse, .legalDuties])
    func `is yes where no consent is asked, whatever was recorded`(purpose: Purpose) {
        for latest in [nil, act(.given), act(.withdrawn)] {
            let permission = Permission(purpose, latest: latest)
            #expect(permission.isPermitted && permission.reason == .notBasedOnConsent)
            #expect(permission.decidedBy == nil)
        }
    }

    @Test(arguments: Purpose.allCases)
    func `is no for somebody who is not there, whatever the purpose`(purpose: Purpose) {
        #expect(!Permission(unknownAccountFor: purpose).isPermitted)
    }
}

@Suite struct `A line for a file` {
    @Test func `has 1 to 500 characters, none of them control`() {
        #expect(Remark(String(repeating: "é", count: 500)) != nil)
        #expect(Remark(String(repeating: "é", count: 501)) == nil)
        for text in ["", " ", "\u{3000}", "a\nb", "a\u{0}", "a\u{2028}b", "a\u{7f}"] {
            #expect(Remark(text) == nil, "\(text.debugDescription)")
        }
        #expect(Remark("e\u{301}")?.text.unicodeScalars.count == 1)
    }

    @Test func `takes 500 characters in the longest spelling, and no longer one`() {
        #expect(Remark(String(repeating: "\u{1F600}", count: 500)) != nil)
        #expect(Remark(String(repeating: "a\u{301}\u{302}\u{303}", count: 300)) == nil)
    }
}

@Suite struct `A language` {
    @Test(arguments: ["fr", "FR", "en-GB", "zh-Hant-TW", "gsw", "sl-rozaj-biske-1994"])
    func `is a tag of up to four parts`(text: String) {
        #expect(LanguageTag(text)?.text == text)
    }

    @Test(arguments: [
        "", "f", "fran", "fr-", "-fr", "fr_FR", "fr-F", "fr-123456789", "a-b-c", "fr-é1",
        "fr-aa-bb-cc-dd",
    ])
    func `is nothing else`(text: String) {
        #expect(LanguageTag(text) == nil)
    }
}

@Suite struct `The version of a policy` {
    @Test func `is 1 to 64 letters, digits, dots and dashes`() {
        for text in ["1", "2026-11", "v3.1_final", String(repeating: "a", count: 64)] {
            #expect(PolicyVersion(text)?.text == text)
        }
        for text in ["", "a b", "é", "a/b", "a%2f", String(repeating: "a", count: 65)] {
            #expect(PolicyVersion(text) == nil, "\(text)")
        }
    }
}
