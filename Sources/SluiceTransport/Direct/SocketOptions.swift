internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What the system is asked to do for a connection, or to tell of it.
enum SocketOptions {
    private typealias Option = ChannelOptions.Types.SocketOption

    #if canImport(Glibc)
        private static let idleOption = TCP_KEEPIDLE
        private static let peek = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
    #else
        private static let idleOption = TCP_KEEPALIVE
        private static let peek = MSG_PEEK | MSG_DONTWAIT
    #endif

    /// Makes the system ask after a silent peer once a minute, and give it up after four questions in a minute more.
    ///
    /// An answer may take long, but whoever is at work on it still says so. A router on the way keeps connections that
    /// are never silent for long; one that has forgotten the connection, or a server without power, is found out in
    /// two minutes instead of at the timeout.
    static func keepAlive(_ bootstrap: ClientBootstrap) -> ClientBootstrap {
        bootstrap
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(Option(level: .tcp, name: .init(rawValue: idleOption)), value: 60)
            .channelOption(Option(level: .tcp, name: .init(rawValue: TCP_KEEPINTVL)), value: 15)
            .channelOption(Option(level: .tcp, name: .init(rawValue: TCP_KEEPCNT)), value: 4)
    }

    /// Whether something has come that was not read yet, or the end of the connection.
    ///
    /// Asked of the system itself, as it is done for every request: SwiftNIO's options take several times as long.
    static func hasUnread(_ socket: NIOBSDSocket.Handle) -> Bool {
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, peek) < 0 {
            if errno != EINTR { return errno != EAGAIN }
        }
        return true
    }
}
