import Glibc

/// A bound, listening socket. Opened here and not by libmicrohttpd, which would not say why it
/// failed, nor which port the system chose.
struct ListeningSocket: ~Copyable {
    let descriptor: Int32
    let port: UInt16
    private let inode: UInt

    /// - Throws: `.addressInUse`, `.cannotListen`.
    init(_ address: ListenAddress) throws(HTTPServerError) {
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(family, Int32(kind), 0)
        guard descriptor >= 0 else { throw .cannotListen(address, code: errno) }
        do throws(HTTPServerError) {
            // Without it a restart fails while old connections linger in TIME_WAIT.
            setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if address.isIPv6 {
                // "[::]" means every address of both families, whatever the system's default is.
                let alone: Int32 = address.host == "::" ? 0 : 1
                setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, alone)
            }
            try bindSocket(descriptor, to: address)
            guard listen(descriptor, SOMAXCONN) == 0 else {
                throw failure(errno, at: address)
            }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        port = boundPort(of: descriptor)
        inode = fileInode(of: descriptor) ?? 0
    }

    /// Closes the socket unless it was closed already. libmicrohttpd closes it on some failures to
    /// start and not on others; the inode tells whether the number still means this socket.
    consuming func closeIfStillOpen() {
        if fileInode(of: descriptor) == inode { close(descriptor) }
    }
}

private func failure(_ code: Int32, at address: ListenAddress) -> HTTPServerError {
    code == EADDRINUSE ? .addressInUse(address) : .cannotListen(address, code: code)
}

private func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    let code = unsafe setsockopt(descriptor, level, name, &value, size)
    precondition(code == 0, "a plain option of a fresh socket cannot be refused: \(errno)")
}

private func bindSocket(
    _ descriptor: Int32, to address: ListenAddress
) throws(HTTPServerError) {
    var storage = sockaddr_storage()
    let size: Int
    if address.isIPv6 {
        var target = sockaddr_in6()
        target.sin6_family = sa_family_t(AF_INET6)
        target.sin6_port = address.port.bigEndian
        unsafe inet_pton(AF_INET6, address.host, &target.sin6_addr)
        size = MemoryLayout<sockaddr_in6>.size
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.storeBytes(of: target, as: sockaddr_in6.self)
        }
    } else {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = address.port.bigEndian
        unsafe inet_pton(AF_INET, address.host, &target.sin_addr)
        size = MemoryLayout<sockaddr_in>.size
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.storeBytes(of: target, as: sockaddr_in.self)
        }
    }
    let code = unsafe withUnsafePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe bind(descriptor, $0, socklen_t(size))
        }
    }
    guard code == 0 else { throw failure(errno, at: address) }
}

private func boundPort(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe getsockname(descriptor, $0, &size)
        }
    }
    precondition(code == 0, "a bound socket has a name: error \(errno)")
    // The port stands at the same place in an IPv4 and an IPv6 address.
    return UInt16(bigEndian: storage.sin6_port)
}

private func fileInode(of descriptor: Int32) -> UInt? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? UInt(status.st_ino) : nil
}
