import Accounts
import Foundation
import Secrets
import Service

/// A pair made once: what is found must be repeatable only in that nothing opens by chance.
private let archive = Archive()

private final class Archive: Sendable {
    let pem: Secret

    init() {
        do {
            let pair = try ArchivePair.generate()
            pem = pair.privateKeyPEM.duplicate()
        } catch {
            preconditionFailure("no pair: \(error)")
        }
    }
}

/// Bytes are no sealed record, or are read and opened by nobody: whatever they are, they were not
/// sealed to this key.
func sealedRecord(_ bytes: [UInt8]) {
    do {
        let key = try ArchiveKey(pem: archive.pem)
        _ = try SealedMessage(der: bytes).opened(with: key)
        preconditionFailure("a record that nobody sealed was opened")
    } catch {
        switch error {
        case .malformed, .notAuthentic: return
        default: preconditionFailure("\(error)")
        }
    }
}

/// A line that was brought to the key is refused with a reason; a text that was sealed is read as what
/// it is written as.
func archiveLine(_ bytes: [UInt8]) {
    do {
        _ = try ArchiveOpening(keyPEM: archive.pem).open(line: bytes)
        preconditionFailure("a line that nobody sealed was opened")
    } catch {
        precondition(!error.text.isEmpty, "refused without a reason")
    }
    guard let value = try? JSONReader.read(bytes), let text = SealedText(value) else { return }
    guard let again = try? JSONReader.read(text.value.bytes) else {
        preconditionFailure("a sealed text that cannot be read again")
    }
    precondition(SealedText(again) == text, "a sealed text that changes")
}

/// Two addresses, separated by a line feed: that they are one identifier is the same from both sides,
/// follows from their canonical forms alone, and gives them one locator; two identifiers have two.
func canonicalisationPair(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let left = text(Array(parts[0])), let right = text(Array(parts[1]))
    else { return }
    let (one, other) = (Identifier.ofAttempt(left), Identifier.ofAttempt(right))
    let key = Secret(copying: [UInt8](repeating: 7, count: 32))
    precondition((one == other) == (other == one))
    precondition((one == other) == (one.locator(key: key) == other.locator(key: key)))
    precondition(
        (one == other) == (one.isAddress == other.isAddress && same(one.text, other.text)))
    guard let first = try? EmailAddress(parsing: left),
        let second = try? EmailAddress(parsing: right)
    else { return }
    // Who registers the canonical spelling of a closed account's address meets its tombstone.
    guard let canonical = try? EmailAddress(parsing: first.canonical.text) else {
        preconditionFailure("a canonical form that is no address")
    }
    precondition((canonical.canonical == second.canonical) == (one == other))
    // ASCII case never tells two people apart.
    let shouted = left.utf8.map { (0x61...0x7A).contains($0) ? $0 ^ 0x20 : $0 }
    guard let upper = text(shouted), let loud = try? EmailAddress(parsing: upper) else { return }
    precondition(loud.canonical == first.canonical, "a spelling that gets past a tombstone")
}
