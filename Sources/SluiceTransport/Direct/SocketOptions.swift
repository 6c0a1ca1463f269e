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
        // SO_MEMINFO, which Glibc's module hides: its first number is the memory of what has come and was not read
        // (SK_MEMINFO_RMEM_ALLOC of linux/sock_diag.h). The end of the connection counts as well.
        private static let unreadOption = CInt(55)
    #else
        private static let idleOption = TCP_KEEPALIVE
        private static let unreadOption = SO_NREAD
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

    /// Whether something has come that was not read yet; false on a channel that has closed.
    static func hasUnread(_ channel: any Channel) -> Bool {
        let option = Option(level: .socket, name: .init(rawValue: unreadOption))
        // SwiftNIO's values are wider than the system's first number, and would hold the second as well.
        let first = UInt32(truncatingIfNeeded: (try? channel.syncOptions?.getOption(option)) ?? 0)
        return first > 0
    }
}
