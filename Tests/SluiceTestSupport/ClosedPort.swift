import Glibc

/// Ports on which nobody listens.
package enum ClosedPort {
    /// A free port that the system gives to nobody else while this process runs; 0 if there is none.
    ///
    /// A socket holds it, without listening. Who asks for the port by number and allows it to be shared
    /// (`SO_REUSEADDR`, as servers do) may still listen on it.
    package static func find() -> Int {
        let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var isShared: Int32 = 1
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        setsockopt(holder, SOL_SOCKET, SO_REUSEADDR, &isShared, socklen_t(MemoryLayout<Int32>.size))
        let isHeld = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(holder, $0, size) == 0 && getsockname(holder, $0, &size) == 0
            }
        }
        return isHeld ? Int(in_port_t(bigEndian: address.sin_port)) : 0
    }
}
