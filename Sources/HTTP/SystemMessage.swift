import Glibc

/// The system's words for an `errno`. The corresponding C function is `strerror`, which glibc keeps
/// in a buffer of the calling thread.
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}
