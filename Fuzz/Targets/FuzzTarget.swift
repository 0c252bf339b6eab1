/// One parser and what must hold of it for any bytes whatever. A property that does not hold is a
/// trap, which libFuzzer, the replaying executable and the tests all see as a crash.
package struct FuzzTarget: Sendable {
    /// The first argument of `fuzz`, and the folder in `Fuzz/Corpora`.
    package let name: String
    package let run: @Sendable ([UInt8]) -> Void

    /// Every parser of bytes from outside: add a line here and a folder of seeds.
    package static let all: [FuzzTarget] = [
        FuzzTarget(name: "password", run: password),
        FuzzTarget(name: "policy-line", run: policyLine),
        FuzzTarget(name: "policy-file", run: policyFile),
        FuzzTarget(name: "retention-file", run: retentionFile),
        FuzzTarget(name: "erasure-line", run: erasureLine),
        FuzzTarget(name: "corpus-file", run: corpusFile),
        FuzzTarget(name: "corpus-line", run: corpusLine),
        FuzzTarget(name: "word-file", run: wordFile),
        FuzzTarget(name: "accept-language", run: acceptLanguage),
        FuzzTarget(name: "phc", run: phcString),
        FuzzTarget(name: "password-hash", run: passwordHash),
        FuzzTarget(name: "hash-scheme", run: hashScheme),
        FuzzTarget(name: "import-line", run: importLine),
        FuzzTarget(name: "argon2", run: argon2),
        FuzzTarget(name: "json", run: json),
        FuzzTarget(name: "configuration", run: configuration),
        FuzzTarget(name: "identifier", run: identifier),
        FuzzTarget(name: "canonicalisation-pairs", run: canonicalisationPair),
        FuzzTarget(name: "sealed-record", run: sealedRecord),
        FuzzTarget(name: "archive-line", run: archiveLine),
        FuzzTarget(name: "display-name", run: displayName),
        FuzzTarget(name: "lockout", run: lockout),
        FuzzTarget(name: "verdict-vector", run: verdictVector),
        FuzzTarget(name: "token", run: token),
        FuzzTarget(name: "lease-token", run: leaseToken),
        FuzzTarget(name: "lease-request", run: leaseRequest),
        FuzzTarget(name: "webhook-url", run: webhookURL),
        FuzzTarget(name: "broker-url", run: brokerURL),
        FuzzTarget(name: "network", run: network),
        FuzzTarget(name: "opaque-id", run: opaqueID),
        FuzzTarget(name: "event-id", run: eventID),
        FuzzTarget(name: "source-address", run: sourceAddress),
        FuzzTarget(name: "source-prefix", run: sourcePrefix),
        FuzzTarget(name: "dossier-field", run: dossierField),
        FuzzTarget(name: "dossier", run: dossier),
        FuzzTarget(name: "incident-query", run: incidentQuery),
        FuzzTarget(name: "link-budget", run: linkBudget),
        FuzzTarget(name: "template", run: template),
        FuzzTarget(name: "timestamp", run: timestamp),
        FuzzTarget(name: "sign-in-line", run: signInLine),
        FuzzTarget(name: "audit-mark", run: auditMark),
        FuzzTarget(name: "audit-chain", run: auditChain),
        FuzzTarget(name: "consent", run: consent),
        FuzzTarget(name: "file-text", run: fileText),
        FuzzTarget(name: "privacy-policy", run: privacyPolicy),
        FuzzTarget(name: "base64", run: base64),
        FuzzTarget(name: "hexadecimal", run: hexadecimal),
    ]

    /// Fails on purpose, on one short input: whoever runs the others can see that a failure is
    /// found. Never among ``all``.
    package static let canary = FuzzTarget(name: "canary", run: failOnALatch)

    package static func named(_ name: String) -> FuzzTarget? {
        (all + [canary]).first { $0.name == name }
    }
}

/// One comparison a byte, so that a fuzzer that is guided by coverage gets there step by step and one
/// that is not practically never.
private func failOnALatch(_ bytes: [UInt8]) {
    guard bytes.count >= 5 else { return }
    if bytes[0] == UInt8(ascii: "l"), bytes[1] == UInt8(ascii: "a") {
        if bytes[2] == UInt8(ascii: "t"), bytes[3] == UInt8(ascii: "c") {
            precondition(bytes[4] != UInt8(ascii: "h"), "the planted failure")
        }
    }
}

/// The text of an input; `nil` when the bytes are not UTF-8, which no parser of texts ever sees.
func text(_ bytes: [UInt8]) -> String? {
    String(validating: bytes, as: UTF8.self)
}

/// The same bytes. `==` on strings calls different spellings equal.
func same(_ a: String, _ b: String) -> Bool {
    a.utf8.elementsEqual(b.utf8)
}
