import Foundation
import Passwords
import Service

/// Every shipped policy judges without a trap, reports each rule once and in order, and judges one
/// password alike however its text is spelt.
func password(_ bytes: [UInt8]) {
    guard let judged = Judged(bytes) else {
        precondition(bytes.count > Password.bytesMax || text(bytes) == nil, "refused for nothing")
        return
    }
    guard let text = text(bytes) else { preconditionFailure("a password that is not UTF-8") }
    for violations in judged.violations {
        let places = violations.compactMap(PasswordViolation.allCases.firstIndex)
        precondition(places == Set(places).sorted(), "a rule twice, or out of order")
    }
    // NFC shortens or keeps what is composed already, so the limit of bytes cannot refuse this.
    precondition(Judged(judged.normalForm) == judged, "the normal form is another password")
    let decomposed = Array(text.decomposedStringWithCanonicalMapping.utf8)
    if let other = Judged(decomposed) {
        precondition(other == judged, "the decomposed spelling is another password")
    }
    // One space more, as U+0020 and as U+00A0. The normal form is the same, but the second sends
    // ASCII through Unicode's tables instead of the short way.
    if let short = Judged([0x20] + bytes), let general = Judged([0xC2, 0xA0] + bytes) {
        precondition(short == general, "the short way for ASCII judges differently")
    }
}

/// One line of `loquet policy check --jsonl` gives one line of JSON, which is itself well-formed.
func policyLine(_ bytes: [UInt8]) {
    let check = PolicyCheck(policy: policies[0], context: context, isJSONL: true)
    let verdict = check.verdict(on: bytes[...])
    let line = Array(verdict.line.utf8)
    precondition(!line.contains(0x0A), "a verdict of two lines")
    do {
        let value = try JSONReader.read(line)
        precondition(value["accepted"] == .boolean(verdict.isAccepted))
    } catch {
        preconditionFailure("a verdict that is not JSON")
    }
}

/// A policy file is refused, or is a policy whose numbers are in range and which judges.
func policyFile(_ bytes: [UInt8]) {
    audit(bytes)
    do {
        let policy = try PasswordPolicy(json5: bytes)
        precondition((4...64).contains(policy.charactersMin) && (0...20).contains(policy.wordsMin))
        precondition(!policy.name.isEmpty && policy.version > 0)
        for violation in PasswordViolation.allCases {
            precondition(!policy.message(for: violation).isEmpty)
        }
        let password = try Password("Abcdef1!")
        _ = policy.violations(of: password, context: context, blocklist: .builtIn)
    } catch is PolicyFileError {
        return
    } catch {
        preconditionFailure("an error that no caller expects")
    }
}

/// Whatever a file claims, its audit has the same rows, and none that is taken is unlawful for want of
/// strength.
private func audit(_ bytes: [UInt8]) {
    do {
        let policy = try PasswordPolicy(unjudged: bytes)
        let surroundings = PolicyAudit.Surroundings(
            restriction: nil, blocklistCount: 1, hasCorpus: false)
        let audit = PolicyAudit(of: policy, in: surroundings)
        let names = audit.requirements.map { $0.standard.rawValue + $0.id }
        precondition(Set(names).count == names.count, "a requirement twice")
        let isTaken = (try? PasswordPolicy(json5: bytes)) != nil
        let claim = audit.requirements.first { $0.standard == .cnil && $0.id == "case" }
        precondition(isTaken == (claim?.verdict == .met), "taken and audited otherwise")
    } catch {
        return
    }
}

/// What is parsed has one spelling: the one that was parsed.
func phcString(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    do {
        let hash = try PHCString(text)
        precondition(same(hash.text, text), "a stored hash with two spellings")
    } catch {
        return
    }
}

/// A password's normal form and what each shipped policy says of it.
private struct Judged: Equatable {
    let normalForm: [UInt8]
    let violations: [[PasswordViolation]]

    /// - Returns: `nil` for bytes that are no password.
    init?(_ bytes: [UInt8]) {
        do {
            let password = try Password(utf8: bytes.span)
            normalForm = password.withBytes { span in span.indices.map { span[$0] } }
            violations = policies.map {
                $0.violations(of: password, context: context, blocklist: .builtIn)
            }
        } catch {
            return nil
        }
    }
}

private let context = PasswordContext(
    serviceName: "Loquet", email: "ada@example.com", displayName: "Zoë O'Brien 1l")

/// All that are shipped, the default first.
private let policies: [PasswordPolicy] = PolicyLibrary.shipped.map { shipped in
    do {
        return try PasswordPolicy(json5: shipped.data)
    } catch {
        preconditionFailure("a shipped policy is refused: \(shipped.name)")
    }
}
