import CCurl

extension HTTPSEndpoint {
    /// Where libcurl would go with this URL; `nil` when it would not take it. Our own reading decides
    /// whether a URL is accepted, so both must be the same.
    package var libcurlReading: (host: String, port: String)? {
        guard let url = unsafe curl_url() else { return nil }
        defer { unsafe curl_url_cleanup(url) }
        guard unsafe curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK,
            let host = unsafe part(url, CURLUPART_HOST),
            let port = unsafe part(url, CURLUPART_PORT)
        else { return nil }
        return (host, port)
    }
}

private func part(_ url: OpaquePointer, _ part: CURLUPart) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    // 1: CURLU_DEFAULT_PORT.
    guard unsafe curl_url_get(url, part, &text, 1) == CURLUE_OK, let text = unsafe text else {
        return nil
    }
    defer { unsafe curl_free(text) }
    return unsafe String(cString: text)
}

/// The version of libcurl that runs, such as `libcurl/7.88.1 OpenSSL/3.0.15 …`.
package var libcurlVersion: String { unsafe String(cString: curl_version()) }
