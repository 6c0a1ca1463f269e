import Glibc
import SluiceCore

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
    private let listener: Int32
    private let state = Guarded(State())
    private let acceptor = Guarded<pthread_t?>(nil)

    /// Listens on a free port of loopback.
    init(_ script: @escaping @Sendable (RawConnection) -> Void) {
        let (socket, port) = RawServer.bound()
        listen(socket, 1024)
        self.port = port
        listener = socket
        let (ends, end) = AsyncStream.makeStream(of: Int.self)
        self.ends = ends
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
            end.finish()
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
    }

    /// A port on which nobody listens.
    static func freePort() -> Int {
        let (socket, port) = bound()
        close(socket)
        return port
    }

    private static func bound() -> (socket: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard bind(descriptor, $0, length) == 0, getsockname(descriptor, $0, &length) == 0 else {
                    fatalError("no port to listen on: \(String(cString: strerror(errno)))")
                }
            }
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}

/// Runs a closure on a thread of its own.
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { box in
            if let box { Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    return thread
}
