import CPostgreSQL
import Glibc

/// Which PostgreSQL server to connect to, from a connection string such as
/// `postgresql://loquet@db.example.com/loquet?sslrootcert=/etc/ssl/certs/ca-certificates.crt`.
///
/// Everything that libpq knows may stand in it. What it does not say is filled in here:
///
/// - `sslmode=verify-full`, unless every host is this machine (a Unix socket, `localhost`, a
///   loopback address): the server proves by a certificate that it is the host of the string.
///   A string may say `verify-ca` (any host of that authority), `require` (encrypted to whoever
///   answers) or less, and then that is all the protection there is.
/// - `gssencmode=disable`: Kerberos encryption would be taken instead of TLS, whatever `sslmode`
///   says.
/// - keepalives and `tcp_user_timeout`, so that a server that vanished is noticed.
/// - `target_session_attrs=read-write` where several hosts are named, so that the primary is found.
///
/// A password is better kept out of the string, in the file that `passfile` names. Copies of it
/// inside libpq are not wiped.
///
/// Source: https://www.postgresql.org/docs/15/libpq-connect.html
package struct PostgresTarget: Sendable {
    /// libpq's parameters by keyword.
    let parameters: [String: String]
    /// Whether no byte leaves this machine.
    let isThisMachine: Bool

    /// - Throws: `.refused` for what is no such string. The reason does not quote it.
    package init(parsing text: String) throws(DatabaseError) {
        guard ["postgresql://", "postgres://"].contains(where: text.hasPrefix) else {
            throw .refused("a PostgreSQL connection string starts with postgresql://")
        }
        // The library's message is not passed on: it may quote the string, and with it a password.
        guard let given = parse(text) else {
            throw .refused("the PostgreSQL connection string cannot be understood")
        }
        self.init(given: given, ambient: ambientDefaults())
    }

    /// - Parameter ambient: what libpq would take from environment variables.
    init(given: [String: String], ambient: [String: String]) {
        isThisMachine = isLocal(given: given, ambient: ambient)
        let hosts = given["host"] ?? given["hostaddr"] ?? ambient["host"] ?? ""
        var parameters = [
            "application_name": "loquet",
            "gssencmode": "disable",
            "keepalives_idle": "30",
            "keepalives_interval": "10",
            "keepalives_count": "3",
            // Milliseconds. Less than a request may take: what is sent and not acknowledged by
            // then never will be.
            "tcp_user_timeout": "10000",
        ]
        if !isThisMachine { parameters["sslmode"] = "verify-full" }
        if hosts.contains(",") { parameters["target_session_attrs"] = "read-write" }
        parameters.merge(given) { _, given in given }
        // What the rest of this module takes for granted.
        parameters["client_encoding"] = "UTF8"
        self.parameters = parameters
    }
}

/// Whether no byte leaves this machine.
private func isLocal(given: [String: String], ambient: [String: String]) -> Bool {
    // A service file may name any host.
    if given["service"] != nil, given["host"] == nil, given["hostaddr"] == nil { return false }
    // An address is what is connected to; a host beside it is only its name.
    let place =
        given["hostaddr"] ?? given["host"] ?? ambient["hostaddr"] ?? ambient["host"] ?? ""
    return place.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { host in
        // Nothing is the default Unix socket, "@" an abstract one.
        host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost"
            || isLoopbackAddress(String(host))
    }
}

private func isLoopbackAddress(_ text: String) -> Bool {
    var four = in_addr()
    if unsafe inet_pton(AF_INET, text, &four) == 1 {
        // 127.0.0.0/8, in network byte order.
        return UInt32(bigEndian: four.s_addr) >> 24 == 127
    }
    return text == "::1"
}

/// - Returns: the keywords that the text gives a value; `nil` when libpq does not understand it.
private func parse(_ text: String) -> [String: String]? {
    var message: UnsafeMutablePointer<CChar>?
    let options = unsafe PQconninfoParse(text, &message)
    unsafe PQfreemem(message)
    guard let options = unsafe options else { return nil }
    defer { unsafe PQconninfoFree(options) }
    return unsafe values(of: options)
}

private func ambientDefaults() -> [String: String] {
    // nil when memory is short; connecting then fails by itself.
    guard let options = unsafe PQconndefaults() else { return [:] }
    defer { unsafe PQconninfoFree(options) }
    return unsafe values(of: options)
}

private func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
    var values: [String: String] = [:]
    var option = unsafe options
    // The list ends with an entry without a keyword.
    while let keyword = unsafe option.pointee.keyword {
        if let value = unsafe option.pointee.val, unsafe value.pointee != 0 {
            unsafe values[String(cString: keyword)] = unsafe String(cString: value)
        }
        unsafe option += 1
    }
    return values
}
