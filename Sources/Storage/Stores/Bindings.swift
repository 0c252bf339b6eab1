package import Accounts
package import Incidents
package import Passwords
package import Secrets

// How domain values stand in columns. A column that holds something else is `.unexpectedColumn`:
// the database was written by something that is not this program.

extension Timestamp: Bindable {
    package static var sqlKind: SQLValue.Kind { .integer }
    package var sqlValue: SQLValue { .integer(microseconds) }
}

extension Digest: Bindable {
    package static var sqlKind: SQLValue.Kind { .bytes }
    package var sqlValue: SQLValue { .bytes(bytes) }
}

extension OpaqueID: Bindable {
    package static var sqlKind: SQLValue.Kind { .text }
    package var sqlValue: SQLValue { .text(text) }
}

extension DeliveryState: Bindable {}

extension HashScheme: Bindable {
    package static var sqlKind: SQLValue.Kind { .text }
    package var sqlValue: SQLValue { .text(text) }
}

extension Row {
    func timestamp(_ position: Int) throws(DatabaseError) -> Timestamp {
        Timestamp(microseconds: try int64(position))
    }

    func timestampIfPresent(_ position: Int) throws(DatabaseError) -> Timestamp? {
        try int64IfPresent(position).map(Timestamp.init(microseconds:))
    }

    func digest(_ position: Int) throws(DatabaseError) -> Digest {
        try value(position, .bytes, Digest(bytes: try bytes(position)))
    }

    func id<Kind: IDKind>(_ position: Int) throws(DatabaseError) -> OpaqueID<Kind> {
        try value(position, .text, OpaqueID<Kind>(parsing: try text(position)))
    }

    /// A value that its own initialiser may refuse.
    func value<Value>(
        _ position: Int, _ kind: SQLValue.Kind, _ value: Value?
    ) throws(DatabaseError) -> Value {
        guard let value else { throw .unexpectedColumn(position: position, wanted: kind) }
        return value
    }
}
