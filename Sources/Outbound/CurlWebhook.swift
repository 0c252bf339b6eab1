import CCurl

/// Posts to one endpoint over HTTPS, and keeps the connection between posts. Used by one thread.
package final class WebhookClient {
    /// What the other side said.
    package struct Answer: Equatable, Sendable {
        /// 100 … 999.
        package let status: Int
        /// `Retry-After` in either of its forms, in seconds from now; 0 when there was none.
        package let retryAfterSeconds: Int64
    }

    private let handle: CurlHandle

    /// Nothing is done with an answer but reading its status; more than this is not even fetched.
    private static let replyBytesMax = 16_384

    /// - Parameters:
    ///   - timeout: for the look-up, connecting, sending and the answer together.
    ///   - authorities: a PEM file with the authorities that may vouch for the endpoint; `nil` takes the
    ///     system's.
    ///   - isCancelled: asked about once a second; what is under way is given up when it says so.
    package init(
        _ endpoint: HTTPSEndpoint, rule: AddressRule, timeout: Duration, authorities: String?,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(TransferError) {
        handle = try CurlHandle(
            protocols: "https", rule: rule, replyBytesMax: Self.replyBytesMax, timeout: timeout,
            authorities: authorities, isCancelled: isCancelled)
        handle.set(CURLOPT_URL, endpoint.text)
        handle.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        handle.set(CURLOPT_POST, 1)
        handle.set(CURLOPT_USERAGENT, "loquet")
    }

    /// - Parameter headers: `name: value` lines.
    package func post(
        _ body: [UInt8], headers: [String]
    ) throws(TransferError) -> Answer {
        // Without the empty one the library would ask for permission before it sends a long body.
        handle.set(CURLOPT_HTTPHEADER, headers + ["Expect:", "Accept:"])
        handle.setPost(body)
        _ = try handle.perform()
        return Answer(
            status: handle.number(CURLINFO_RESPONSE_CODE),
            retryAfterSeconds: handle.offset(CURLINFO_RETRY_AFTER))
    }
}
