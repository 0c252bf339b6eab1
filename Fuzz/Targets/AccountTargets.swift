import Accounts
import Foundation
import Incidents
import Secrets
import Service
import Storage

/// The canonical form of an address is an address whose canonical form it is; spellings that differ
/// in case or normalisation are one identifier; any text at all can be an attempt.
func identifier(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    let attempt = Identifier.ofAttempt(text)
    precondition(Identifier.ofAttempt(attempt.text) == attempt, "canonical twice is another one")
    guard let address = try? EmailAddress(parsing: text) else {
        precondition(!attempt.isAddress)
        return
    }
    precondition(same(address.spelling, text))
    precondition(attempt == address.canonical, "a sign-in is counted elsewhere")
    guard let again = try? EmailAddress(parsing: address.canonical.text) else {
        preconditionFailure("a canonical form that is no address")
    }
    precondition(again.canonical == address.canonical, "a canonical form with another one")
    let spellings = [
        text.lowercased(), text.precomposedStringWithCanonicalMapping,
        text.decomposedStringWithCanonicalMapping, text.precomposedStringWithCompatibilityMapping,
        text.decomposedStringWithCompatibilityMapping,
    ]
    for spelling in spellings {
        guard let other = try? EmailAddress(parsing: spelling) else { continue }
        precondition(other.canonical == address.canonical, "two spellings, two accounts")
    }
}

/// A display name is kept in a form that is taken again and stays as it is.
func displayName(_ bytes: [UInt8]) {
    guard let text = text(bytes), let name = try? DisplayName(text) else { return }
    precondition((1...DisplayName.scalarsMax).contains(name.text.unicodeScalars.count))
    // NFC can grow a text past the limit of octets, which is checked before it.
    guard let again = try? DisplayName(name.text) else { return }
    precondition(same(again.text, name.text), "a kept name that would be kept otherwise")
}

/// A throttle row is refused, or encodes to the same bytes; and whatever its past says, one more
/// attempt leaves a row that can be read again.
func lockout(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let client = ClientClass.allCases[Int(first & 1)]
    guard let lockout = Lockout(encoded: Array(bytes.dropFirst()), .cnil, client) else { return }
    precondition(lockout.encoded == Array(bytes.dropFirst()), "a row with two encodings")
    for now in [Timestamp.earliest, .epoch, lockout.expiresAt ?? .epoch, .latest] {
        var later = lockout
        switch later.reserve(at: now) {
        case .allowed(let reservation):
            readBack(later)
            later.succeed(reservation, at: now)
        case .refused(let until): precondition(until > now, "refused until the past")
        }
        readBack(later)
    }
}

private func readBack(_ lockout: Lockout) {
    precondition(Lockout(encoded: lockout.encoded, .cnil, lockout.client) == lockout)
}

/// Nothing but a prefix and 43 symbols of the one spelling of 32 bytes.
func token(_ bytes: [UInt8]) {
    guard let text = text(bytes), let token = Token(parsing: text) else { return }
    let random = Base64.decode(text.utf8.dropFirst(4), .url) ?? []
    precondition(random.count == 32 && same(Base64.encode(random, .url), String(text.dropFirst(4))))
    precondition(token == Token(token.kind, of: Secret(copying: random)))
}

func leaseToken(_ bytes: [UInt8]) {
    guard let text = text(bytes), let token = LeaseToken(parsing: text) else { return }
    precondition(token.lease.token.count == 16)
    precondition(same(token.text, text), "a lease with two spellings")
}

func opaqueID(_ bytes: [UInt8]) {
    if bytes.count == 16 { precondition(AccountID(parsing: AccountID(bytes: bytes).text) != nil) }
    guard let text = text(bytes), let id = AccountID(parsing: text) else { return }
    precondition(same(id.text, text), "an id with two spellings")
    precondition(AccountID(bytes: id.bytes) == id)
}

func eventID(_ bytes: [UInt8]) {
    if let id = EventID(bytes: bytes) { precondition(EventID(parsing: id.text) == id) }
    guard let text = text(bytes), let id = EventID(parsing: text) else { return }
    precondition(same(id.text, text), "an event id with two spellings")
    precondition(id.time >= .epoch && EventID(bytes: id.bytes) == id)
}

/// An address has many spellings and one that is written; its networks hold it.
func sourceAddress(_ bytes: [UInt8]) {
    guard let text = text(bytes), let address = SourceAddress(parsing: text) else { return }
    precondition(SourceAddress(parsing: address.text) == address, "written and read is another one")
    precondition(address.narrow.contains(address) && address.wide.contains(address))
}

/// Written in full, a time is read again as the same.
func timestamp(_ bytes: [UInt8]) {
    guard let text = text(bytes), let time = Timestamp(rfc3339: text) else { return }
    precondition(Timestamp(rfc3339: time.rfc3339(.microseconds)) == time)
}

func base64(_ bytes: [UInt8]) {
    for alphabet in [Base64.Alphabet.standard, .url] {
        precondition(Base64.decode(Base64.encode(bytes, alphabet).utf8, alphabet) == bytes)
        guard let decoded = Base64.decode(bytes, alphabet) else { continue }
        precondition(
            Base64.encode(decoded, alphabet).utf8.elementsEqual(bytes), "bytes with two spellings")
    }
}

func hexadecimal(_ bytes: [UInt8]) {
    precondition(Hexadecimal.decode(Hexadecimal.encode(bytes).utf8) == bytes)
    guard let decoded = Hexadecimal.decode(bytes) else { return }
    precondition(Hexadecimal.encode(decoded).utf8.elementsEqual(bytes), "bytes with two spellings")
}
