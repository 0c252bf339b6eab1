import Glibc

/// Makes room for `connections` sockets beside `otherFiles`: raises the process's soft limit of
/// open files as far as its hard limit allows.
///
/// - Throws: `.tooFewFiles`, when even the hard limit is too low.
func raiseOpenFileLimit(connections: Int) throws(HTTPServerError) {
    let needed = rlim_t(connections + otherFiles)
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
    guard limit.rlim_max >= needed else {
        throw .tooFewFiles(needed: Int(needed), available: Int(limit.rlim_max))
    }
    // Only as far as needed: some programs loop over every descriptor they might have.
    limit.rlim_cur = needed
    guard unsafe setrlimit(resource, &limit) == 0 else {
        throw .tooFewFiles(needed: Int(needed), available: Int(limit.rlim_max))
    }
}

/// Databases, logs, epoll descriptors and the standard streams; a generous count.
private let otherFiles = 256
