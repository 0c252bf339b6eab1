import Accounts
package import Secrets

/// `loquet archive open`: opens lines of an export, or a challenge, with the private key. Needs no store:
/// it is made for another machine.
package struct ArchiveOpening: ~Copyable {
    /// Why a line could not be opened. Says what was expected, never what is inside.
    package struct Failure: Error, Equatable, Sendable {
        package let text: String

        package init(text: String) {
            self.text = text
        }
    }

    private let key: ArchiveKey

    /// Bytes of a line that are looked at: a sealed record at its longest in Base64, and what stands
    /// beside it.
    package static let lineBytesMax = SealedMessage.bytesMax * 4 / 3 + 4_096

    /// - Parameter pem: the private key, not encrypted.
    package init(keyPEM pem: borrowing Secret) throws(Failure) {
        do {
            key = try ArchiveKey(pem: pem)
        } catch {
            throw Failure(text: Self.text(of: error))
        }
    }

    /// The same, from a file's bytes, of which no copy is left that could be wiped.
    package init(taking pem: consuming [UInt8]) throws(Failure) {
        var bytes = pem
        let secret = Secret(copying: bytes)
        wipe(&bytes)
        try self.init(keyPEM: secret)
    }

    /// - Returns: what is inside, as JSON: a record's text, or a challenge's answer.
    /// - Throws: also when what is inside is not what the line says it is: a record that was put in the
    ///   place of another.
    package func open(line: [UInt8]) throws(Failure) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONReader.read(line)
        } catch {
            throw Failure(text: "expected a JSON object, as loquet archive export writes it")
        }
        guard let sealed = value["cms"]?.text.flatMap(ArchiveText.bytes) else {
            throw Failure(text: "cms: expected a sealed record in Base64")
        }
        let inside: JSONValue
        do {
            let text = try SealedMessage(der: sealed).opened(with: key)
            // From here on it is what somebody asked to see.
            inside = try JSONReader.read(text.withBytes { b in b.indices.map { b[$0] } })
        } catch let error as SecretError {
            throw Failure(text: Self.text(of: error))
        } catch {
            throw Failure(text: "what was sealed is not what loquet seals")
        }
        if let answer = ArchiveChallenge.answer(in: inside) { return ["answer": .string(answer)] }
        guard let text = SealedText(inside) else {
            throw Failure(text: "what was sealed is not what loquet seals")
        }
        let claims: [(name: String, inside: String)] = [
            ("record", text.id.text), ("account", text.account.text),
            ("category", text.category), ("basis", text.basis),
            ("erase_after", text.eraseAfter.rfc3339(.microseconds)),
        ]
        for claim in claims where value[claim.name]?.text != claim.inside {
            throw Failure(
                text: "\(claim.name): the sealed record says otherwise; it was sealed as "
                    + "\(text.id.text) of \(text.account.text)")
        }
        return text.value
    }

    private static func text(of error: SecretError) -> String {
        switch error {
        case .unusableCertificate(let expected): "the key cannot be used: \(expected)"
        case .malformed(let expected): "cms: \(expected)"
        case .notAuthentic: "cms: it was sealed to another key, or altered"
        case .libcrypto(let operation, let reason): "\(operation): \(reason)"
        }
    }
}
