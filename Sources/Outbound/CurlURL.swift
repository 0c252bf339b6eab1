import CCurl

extension HTTPSEndpoint {
    /// Whether libcurl would go to the same place. Our own reading decides whether a URL is accepted and
    /// libcurl's where it goes, so they must not differ.
    package var isReadAlikeByLibcurl: Bool {
        guard let (host, port) = libcurlReading else { return false }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let isSameHost =
            place.address.map { $0 == NetworkAddress(parsing: bare) } ?? (host == place.host)
        return isSameHost && port == String(place.port)
    }

    private var libcurlReading: (host: String, port: String)? {
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
