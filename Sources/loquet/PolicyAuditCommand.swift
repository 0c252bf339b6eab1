import Accounts
import Passwords
import Service

/// `loquet policy audit [POLICY…] [--json]`: what each policy is in the eyes of the CNIL, ANSSI, NIST and
/// OWASP. Without names: all that ship, and the configured one. Exit 1 when the CNIL's text does not
/// allow one of them.
func policyAudit(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions, flags: ["--json"], positionals: 0...100)
    let configuration = try arguments.configuration()
    let audits = try PolicyLibrary.audits(of: arguments.positionals, in: configuration)
    if arguments.flags.contains("--json") {
        let value = JSONValue.array(audits.map(\.json))
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } else {
        for (index, audit) in audits.enumerated() {
            if index > 0 { try printLine("") }
            try printLine(text(audit))
        }
    }
    if !arguments.flags.contains("--json") {
        let sources = PolicyAudit.Standard.allCases.map { [$0.rawValue, $0.source] }
        try printLine("\nsources\n" + table(sources))
    }
    return audits.allSatisfy(\.isLawful) ? Exit.done : Exit.failed
}

private func text(_ audit: PolicyAudit) -> String {
    let policy = audit.policy
    let rows = audit.requirements.map { requirement in
        [
            requirement.standard.rawValue, requirement.id, requirement.verdict.text,
            requirement.asks, requirement.reason,
        ]
    }
    let head = ["standard", "id", "verdict", "what it asks", "reason"]
    return """
        \(policy.name) version \(policy.version): \(policy.title)
        \(audit.isLawful ? "lawful" : "UNLAWFUL") under \(PolicyAudit.Standard.cnil.source)
        \(table([head] + rows))
        """
}
