/// One answer, ready to be written.
package struct Response: Sendable {
    /// 200 ... 599.
    package let status: Int
    /// In the order they are written. `Content-Length`, `Date` and `Connection` are added.
    package let headers: [(name: String, value: String)]
    /// Not sent in answer to HEAD, nor with 204 and 304.
    package let body: [UInt8]
    /// Whether the connection is closed once this is written.
    package let closes: Bool

    /// - Precondition: names are tokens and none of the framing fields, which are this module's;
    ///   values hold no control characters, so that no text from outside can end the line.
    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        closes: Bool = false
    ) {
        precondition((200...599).contains(status), "a final status has three digits, 2xx to 5xx")
        for (name, value) in headers {
            precondition(isToken(name.utf8), "a header name is a token")
            precondition(!value.utf8.contains(where: isControl), "a header value is one line")
            precondition(!isFramingField(name), "framing fields are added when it is written")
        }
        self.status = status
        self.headers = headers
        self.body = body
        self.closes = closes
    }
}

private func isFramingField(_ name: String) -> Bool {
    switch name.utf8.count {
    case 10: name.lowercased() == "connection"
    case 14: name.lowercased() == "content-length"
    case 17: name.lowercased() == "transfer-encoding"
    default: false
    }
}
