import Glibc

/// One request, wholly received and soundly framed. A copy is a reference to the same bytes.
package struct Request: Sendable {
    private let contents: Contents

    init(head: RequestHead, body: consuming [UInt8], peer: String) {
        contents = Contents(head: head, body: body, peer: peer)
    }

    /// As sent, in upper case for every method there is.
    package var method: String { contents.method }

    /// Up to the first `?`, visible ASCII, escapes not decoded, without `%00`. Usually starts with
    /// `/`, but a client may send anything (`*`, `http://…`).
    package var path: String { contents.path }

    /// After the first `?`, not decoded; `nil` without one.
    package var query: String? { contents.query }

    /// At most `bodyBytesMax` bytes; empty without a body.
    ///
    /// Wiped when the last copy of this request is gone, unless a copy of the array still lives
    /// then. What libmicrohttpd, GnuTLS and the kernel buffered cannot be wiped from here.
    package var body: [UInt8] { contents.body }

    /// The other end of the connection as text, without a port: `192.0.2.7`, `2001:db8::7`.
    package var peer: String { contents.peer }

    /// The value of the first field of that name, whatever its case; `nil` without one. Without
    /// control characters and surrounding spaces.
    package func header(_ name: String) -> String? { contents.headers.value(of: name) }

    // @unchecked Sendable: everything is constant but `body`, which only `deinit` changes.
    private final class Contents: @unchecked Sendable {
        let method: String
        let path: String
        let query: String?
        let headers: HeaderBlock
        let peer: String
        private(set) var body: [UInt8]

        init(head: RequestHead, body: consuming [UInt8], peer: String) {
            method = head.method
            path = head.path
            query = head.target.firstIndex(of: UInt8(ascii: "?")).map {
                String(decoding: head.target[($0 + 1)...], as: UTF8.self)
            }
            headers = head.headers
            self.body = body
            self.peer = peer
        }

        deinit { wipe(&body) }
    }
}

/// Overwrites the bytes in place, so that a password does not outlive its request in freed memory.
/// Best effort: when the array shares its storage, what is wiped is a fresh copy.
func wipe(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    unsafe bytes.withUnsafeMutableBytes { buffer in
        // The base address of a buffer that is not empty is never nil.
        unsafe explicit_bzero(buffer.baseAddress!, buffer.count)
    }
}
