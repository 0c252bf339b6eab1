extension ListenAddress {
    /// Whether a server could listen here now: binds and lets go. Asked before anything is created, so
    /// that a port in use leaves nothing half-started.
    ///
    /// - Throws: `.addressInUse`, `.cannotListen`.
    package func probe() throws(HTTPServerError) {
        try ListeningSocket(self).closeIfStillOpen()
    }
}
