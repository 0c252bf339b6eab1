import CCurl
import Glibc

/// Why a transfer came to nothing, or to nothing known.
package enum TransferError: Error, Equatable, Sendable {
    /// Every address of the host was refused by the ``AddressRule``; nothing was connected.
    case addressRefused
    /// The caller wanted no more.
    case cancelled
    /// libcurl's own words, on one line. They name hosts, addresses and certificates, never what was
    /// sent.
    case failed(String)

    package var text: String {
        switch self {
        case .cancelled: "given up because the service stops"
        case .addressRefused: "the host's address is not public, and is not allowed"
        case .failed(let reason): reason
        }
    }
}

/// One easy handle of libcurl, which does transfers one after the other and keeps its connection
/// between them. Used by one thread at a time.
///
/// What holds for every transfer of ours is set here: certificates are verified, TLS is at least 1.2,
/// no redirect is followed, no proxy is used whatever the environment says, no signal is raised, and
/// each address is held against the rule at the moment of connecting, after the name was resolved.
@safe
final class CurlHandle {
    // @safe: `handle` and `complaints` are obtained in `init`, freed in `deinit` and never leave this
    // file; `parts` outlives the handle that calls back into it.
    private let handle: UnsafeMutableRawPointer
    private let complaints: UnsafeMutablePointer<CChar>
    private let parts: Parts
    private var lists: [CURLoption.RawValue: CurlList] = [:]
    /// The first option that could not be set; a transfer is refused then.
    private var failure = CURLE_OK
    /// How the last transfer ended.
    private(set) var lastCode = CURLE_OK
    /// Whether the last transfer came as far as asking for what is uploaded.
    var hasBegunUpload: Bool { parts.hasBegunUpload }

    /// What the callbacks work with.
    fileprivate final class Parts {
        let rule: AddressRule
        let replyBytesMax: Int
        let isCancelled: @Sendable () -> Bool
        var hasRefused = false
        var reply: [UInt8] = []
        var isReplyCut = false
        var outgoing: [UInt8] = []
        var sent = 0
        var hasBegunUpload = false

        init(
            rule: AddressRule, replyBytesMax: Int, isCancelled: @escaping @Sendable () -> Bool
        ) {
            self.rule = rule
            self.replyBytesMax = replyBytesMax
            self.isCancelled = isCancelled
        }
    }

    /// - Parameters:
    ///   - protocols: what URLs may begin with, as `https`, or `smtp,smtps`.
    ///   - replyBytesMax: a longer answer is cut off, and the connection with it.
    ///   - timeout: for everything, from the look-up of the name to the end of the answer.
    ///   - authorities: the path of a PEM file; `nil` takes the system's.
    ///   - isCancelled: asked about once a second; a transfer ends with `.cancelled` when it says so.
    init(
        protocols: String, rule: AddressRule, replyBytesMax: Int, timeout: Duration,
        authorities: String?, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(TransferError) {
        guard isLibraryReady, let handle = unsafe curl_easy_init() else {
            throw .failed("libcurl cannot start")
        }
        unsafe self.handle = unsafe handle
        unsafe complaints = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe complaints.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        parts = Parts(rule: rule, replyBytesMax: replyBytesMax, isCancelled: isCancelled)
        let context = unsafe Unmanaged.passUnretained(parts).toOpaque()
        note(unsafe loquet_curl_complaints(handle, complaints))
        note(unsafe loquet_curl_receive(handle, keepReply, context))
        note(unsafe loquet_curl_open_sockets(handle, openSocket, context))
        note(unsafe loquet_curl_ask(handle, goOn, context))
        set(CURLOPT_PROTOCOLS_STR, protocols)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TIMEOUT_MS, Int(timeout / .milliseconds(1)))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let authorities {
            set(CURLOPT_CAINFO, authorities)
            // A file of one's own stands for the system's directory too.
            note(unsafe loquet_curl_text(handle, CURLOPT_CAPATH, nil))
        }
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe complaints.deallocate()
    }

    func set(_ option: CURLoption, _ number: Int) {
        note(unsafe loquet_curl_number(handle, option, number))
    }

    /// The library copies the text. One with a NUL would be cut off there, and is refused.
    func set(_ option: CURLoption, _ text: String) {
        guard !text.utf8.contains(0) else { return note(CURLE_BAD_FUNCTION_ARGUMENT) }
        note(unsafe loquet_curl_text(handle, option, text))
    }

    func set(_ option: CURLoption, _ lines: [String]) {
        guard let list = CurlList(lines) else { return note(CURLE_BAD_FUNCTION_ARGUMENT) }
        note(unsafe loquet_curl_list(handle, option, list.first))
        // The one before is let go now that the library does not know it any more.
        lists[option.rawValue] = list
    }

    /// The body of a POST.
    func setPost(_ bytes: [UInt8]) {
        note(
            unsafe bytes.withUnsafeBytes {
                unsafe loquet_curl_post(handle, $0.baseAddress, $0.count)
            })
    }

    /// What is uploaded, such as a mail.
    func setUpload(_ bytes: [UInt8]) {
        parts.outgoing = bytes
        parts.sent = 0
        let context = unsafe Unmanaged.passUnretained(parts).toOpaque()
        note(unsafe loquet_curl_upload(handle, giveNext, context, bytes.count))
    }

    /// Transfers, and returns when the answer is there.
    ///
    /// - Returns: the answer's bytes, cut off after the most that is kept. What the library knows of
    ///   the answer is asked with ``number(_:)``.
    func perform() throws(TransferError) -> [UInt8] {
        guard failure == CURLE_OK else { throw .failed(words(of: failure)) }
        parts.hasRefused = false
        parts.isReplyCut = false
        parts.reply = []
        parts.sent = 0
        parts.hasBegunUpload = false
        unsafe complaints.pointee = 0
        let code = unsafe curl_easy_perform(handle)
        lastCode = code
        let reply = parts.reply
        parts.reply = []
        // The status is known by then; the rest of a long answer is nobody's business.
        if code == CURLE_OK || (code == CURLE_WRITE_ERROR && parts.isReplyCut) { return reply }
        if code == CURLE_ABORTED_BY_CALLBACK { throw .cancelled }
        if parts.hasRefused, code == CURLE_COULDNT_CONNECT { throw .addressRefused }
        throw .failed(words(of: code))
    }

    /// What the library knows of the last transfer, as `CURLINFO_RESPONSE_CODE`.
    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe loquet_curl_get_number(handle, info, &value) == CURLE_OK ? value : 0
    }

    /// The same for what it counts in 64 bits, as `CURLINFO_RETRY_AFTER`.
    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return unsafe loquet_curl_get_offset(handle, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    private func note(_ code: CURLcode) {
        if failure == CURLE_OK { failure = code }
    }

    private func words(of code: CURLcode) -> String {
        let own = unsafe String(cString: complaints)
        let words = own.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : own
        return oneLine(words, bytesMax: 200)
    }
}

/// A list as the library takes it, which it does not copy.
@safe
private final class CurlList {
    // @safe: freed in `deinit`, and lent only to the handle that owns this list.
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    /// - Returns: `nil` when a line holds a NUL, which would cut it off, or there is no memory.
    init?(_ lines: [String]) {
        for line in lines {
            guard !line.utf8.contains(0), let longer = unsafe curl_slist_append(first, line) else {
                return nil
            }
            unsafe first = unsafe longer
        }
    }

    deinit {
        unsafe curl_slist_free_all(first)
    }
}

/// Runs once, before the first handle.
private let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

/// Printable ASCII on one line: what a library or another host says goes into logs and tables.
func oneLine(_ text: String, bytesMax: Int) -> String {
    let bytes = text.utf8.prefix(bytesMax).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
    return String(decoding: bytes, as: UTF8.self)
}

private let keepReply: curl_write_callback = { bytes, size, count, context in
    guard let context = unsafe context, let bytes = unsafe bytes else { return 0 }
    // `context` is the parts of the handle that calls, which outlive it.
    let parts = unsafe Unmanaged<CurlHandle.Parts>.fromOpaque(context).takeUnretainedValue()
    let room = parts.replyBytesMax - parts.reply.count
    let total = size * count
    unsafe parts.reply.append(
        contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(total, room)))
    guard total <= room else {
        parts.isReplyCut = true
        return 0
    }
    return total
}

private let giveNext: curl_read_callback = { buffer, size, count, context in
    guard let context = unsafe context, let buffer = unsafe buffer else { return 0 }
    // As above.
    let parts = unsafe Unmanaged<CurlHandle.Parts>.fromOpaque(context).takeUnretainedValue()
    parts.hasBegunUpload = true
    let next = parts.outgoing[parts.sent...].prefix(size * count)
    unsafe next.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(start: buffer, count: source.count)
            .copyMemory(from: source)
    }
    parts.sent += next.count
    return next.count
}

/// Not 0 ends the transfer.
private let goOn: curl_xferinfo_callback = { context, _, _, _, _ in
    guard let context = unsafe context else { return 0 }
    // As above.
    let parts = unsafe Unmanaged<CurlHandle.Parts>.fromOpaque(context).takeUnretainedValue()
    return parts.isCancelled() ? 1 : 0
}

private let openSocket: curl_opensocket_callback = { context, _, address in
    guard let context = unsafe context, let address = unsafe address else {
        return CURL_SOCKET_BAD
    }
    // As above.
    let parts = unsafe Unmanaged<CurlHandle.Parts>.fromOpaque(context).takeUnretainedValue()
    var bytes = [UInt8](repeating: 0, count: 16)
    guard unsafe loquet_curl_address(address, &bytes) == 1,
        parts.rule.admits(NetworkAddress(bytes: bytes))
    else {
        parts.hasRefused = true
        return CURL_SOCKET_BAD
    }
    let type = unsafe address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return unsafe socket(address.pointee.family, type, address.pointee.protocol)
}
