import Service

/// Shows the first keys once: as JSON when asked for, on the terminal when there is one, and else in
/// a file that only its owner can read, because a log is no place for a key.
func show(
    _ keys: FirstKeys, _ directory: DataDirectory, _ configuration: Configuration, asJSON: Bool
) throws(StartError) {
    if asJSON {
        try printLine(json(keys))
    } else if isTerminal {
        try printLine(text(keys, configuration))
    } else {
        let content = Array((text(keys, configuration) + "\n").utf8)
        do {
            // The store has no keys yet: what an interrupted start left there is void.
            try writePrivateFile(directory.firstKeysPath, content.span, replaces: true)
        } catch {
            throw .refused("cannot write \(directory.firstKeysPath): \(error.reason)")
        }
        commandLog.info(
            "the first keys are in this file; keep them and delete it",
            .path(directory.firstKeysPath))
    }
}

private func json(_ keys: FirstKeys) -> String {
    var members: [JSONValue.Member] = [
        .init(name: "admin_key", value: .string(keys.adminKey)),
        .init(name: "app_key", value: .string(keys.appKey)),
    ]
    if let archiveKey = keys.archiveKey {
        members.append(.init(name: "archive_key", value: .string(archiveKey)))
    }
    return String(decoding: JSONValue.object(members).bytes, as: UTF8.self)
}

private func text(_ keys: FirstKeys, _ configuration: Configuration) -> String {
    let scheme = configuration.tls == nil ? "http" : "https"
    var parts = [
        """
        These keys are shown once. Keep them.

          administrator  \(keys.adminKey)
                         valid for 7 days; make your own with: loquet admins add NAME --role operator
          application    \(keys.appKey)
        """
    ]
    if let archiveKey = keys.archiveKey {
        parts.append(
            """
            The archive's private key opens what closed accounts leave behind. Move it off this machine;
            it is not stored here.

            \(archiveKey)
            """)
    }
    parts.append(
        """
        Try it, in another terminal:

        \(curlLines(appKey: keys.appKey, base: "\(scheme)://\(configuration.listen)"))
        """)
    return parts.joined(separator: "\n\n")
}

/// Register, sign in, introspect: three lines to paste.
private func curlLines(appKey: String, base: String) -> String {
    let post =
        "curl -sS -w '\\n' -H 'Authorization: Bearer \(appKey)' -H 'Content-Type: application/json'"
    let person = #""email":"ada@example.com","password":"Un-Cheval-1815""#
    return """
        \(post) \(base)/v1/accounts -d '{\(person)}'
        TOKEN=$(\(post) \(base)/v1/sessions -d '{\(person)}' | \
        sed 's/.*"token":"\\(lqs_[^"]*\\)".*/\\1/'); echo "$TOKEN"
        \(post) \(base)/v1/sessions/introspect -d "{\\"token\\":\\"$TOKEN\\"}"
        """
}
