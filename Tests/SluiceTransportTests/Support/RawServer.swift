import Glibc
import SluiceCore
import SluiceTestSupport

/// A server of bare sockets that does with each connection what a test says, well-behaved or not.
///
/// Every connection has a thread of its own, so that a script is a plain sequence of reads and writes.
final class RawServer: Sendable {
    private struct State {
        var requests: [String] = []
        var connections = 0
        var open: Set<Int32> = []
        var threads: [pthread_t] = []
    }

    let port: Int
    /// The numbers of the connections whose script has come to its end.
    let ends: AsyncStream<Int>
    private let end: AsyncStream<Int>.Continuation
    private let listener: Int32
    private let state = Guarded(State())
    private let acceptor = Guarded<pthread_t?>(nil)

    /// Listens on a loopback address, by default on a free port of 127.0.0.1.
    convenience init(
        on host: String = "127.0.0.1", port: Int = 0, _ script: @escaping @Sendable (RawConnection) -> Void
    ) {
        let (socket, port) = RawServer.bound(host, port)
        self.init(socket, port, script)
    }

    private init(_ socket: Int32, _ port: Int, _ script: @escaping @Sendable (RawConnection) -> Void) {
        listen(socket, 1024)
        self.port = port
        listener = socket
        let (ends, end) = AsyncStream.makeStream(of: Int.self)
        self.ends = ends
        self.end = end
        let thread = startThread { [state] in
            while true {
                let peer = accept(socket, nil, nil)
                guard peer >= 0 else { break }
                let number = state.withLock { state in
                    state.connections += 1
                    state.open.insert(peer)
                    return state.connections - 1
                }
                let thread = startThread {
                    script(RawConnection(peer, number) { text in state.withLock { $0.requests.append(text) } })
                    _ = state.withLock { $0.open.remove(peer) }
                    RawConnection.end(peer)
                    end.yield(number)
                }
                state.withLock { $0.threads.append(thread) }
            }
        }
        acceptor.withLock { $0 = thread }
    }

    /// Every request as it came, head and body.
    var requests: [String] { state.withLock { $0.requests } }
    /// The number of connections so far.
    var connections: Int { state.withLock { $0.connections } }

    /// Ends every connection and waits for the threads.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        if let thread = acceptor.withLock({ $0 }) { pthread_join(thread, nil) }
        close(listener)
        let threads = state.withLock { state in
            for socket in state.open { shutdown(socket, Int32(SHUT_RDWR)) }
            return state.threads
        }
        for thread in threads { pthread_join(thread, nil) }
        // Not before: what comes after the end of a stream is lost.
        end.finish()
    }

    /// A port on which nobody listens, and which no other test is given meanwhile.
    static func freePort() -> Int { ClosedPort.find() }

    /// An address whose system takes no more connections and does not say so, until somebody wakes it.
    struct Silent {
        let port: Int
        private let listener: Int32
        private let fillers: [Int32]

        /// - Parameter port: Which; 0 takes a free one.
        init(_ host: String, port: Int = 0) {
            (listener, self.port) = RawServer.bound(host, port)
            listen(listener, 0)
            // What fits the queue of a listener that nobody empties; after that the system drops what comes.
            fillers = (0..<4).map { [port = self.port] _ in
                let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                _ = RawServer.withAddress(host, port) { connect(filler, $0, $1) }
                return filler
            }
        }

        /// Serves from now on; the silence must not be ended then.
        func wake(_ script: @escaping @Sendable (RawConnection) -> Void) -> RawServer {
            for socket in fillers { close(socket) }
            return RawServer(listener, port, script)
        }

        func end() { for socket in fillers + [listener] { close(socket) } }
    }

    /// Lends a port of an address whose system takes no more connections and does not say so.
    static func withSilentPort<R>(of host: String, _ body: (Int) async throws -> R) async throws -> R {
        let silent = Silent(host)
        defer { silent.end() }
        return try await body(silent.port)
    }

    private static func bound(_ host: String = "127.0.0.1", _ port: Int = 0) -> (socket: Int32, port: Int) {
        let descriptor = socket(host.contains(":") ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let isBound = withAddress(host, port) { bind(descriptor, $0, $1) == 0 }
        // The port is at the same place in the addresses of both families.
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        guard isBound, isNamed else { fatalError("no port to listen on: \(String(cString: strerror(errno)))") }
        return (descriptor, Int(UInt16(bigEndian: address.sin6_port)))
    }

    private static func withAddress<R>(
        _ host: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        if host.contains(":") {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = in_port_t(port).bigEndian
            inet_pton(AF_INET6, host, &address.sin6_addr)
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
