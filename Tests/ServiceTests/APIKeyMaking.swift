import Service

/// A key as it was shown.
struct MadeKey {
    let id: String
    let key: String
}

extension APIKeys {
    func make(application name: String) throws -> MadeKey {
        var made = MadeKey(id: "", key: "")
        try add(application: name) { made = MadeKey(id: $0, key: $1) }
        return made
    }

    func make(
        administrator name: String, roles: [Role], lifetime: Duration
    ) throws -> MadeKey {
        var made = MadeKey(id: "", key: "")
        try add(administrator: name, roles: roles, lifetime: lifetime) {
            made = MadeKey(id: $0, key: $1)
        }
        return made
    }
}
