internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Asks the system for the addresses of a name; blocks, and so is called on a thread for that.
enum SystemResolver {
    /// The name has no address, or nobody could be asked.
    struct Failure: Error {
        /// What the system says, in lower case.
        let reason: String
    }

    /// The addresses in the order in which the system wants them tried (RFC 6724).
    static func addresses(of host: String, port: Int) throws(Failure) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else { throw Failure(reason: String(cString: gai_strerror(code)).lowercased()) }
        var found: [SocketAddress] = []
        var next = list
        while let item = next {
            next = item.pointee.ai_next
            guard let address = item.pointee.ai_addr else { continue }
            switch item.pointee.ai_family {
            case AF_INET:
                address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { found.append(SocketAddress($0.pointee)) }
            case AF_INET6:
                address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    found.append(SocketAddress($0.pointee))
                }
            default: break
            }
        }
        guard !found.isEmpty else { throw Failure(reason: "no address") }
        return found
    }
}
