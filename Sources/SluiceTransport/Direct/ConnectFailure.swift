internal import NIOCore
internal import NIOPosix
internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Why no connection was made: what was tried, address by address, and what came of it.
struct ConnectFailure {
    /// One address that did not answer.
    private struct Attempt {
        let address: String
        let reason: String
        let isTimeout: Bool
    }

    private let authority: String
    private var attempts: [Attempt] = []
    private var isOutOfFiles = false

    init(authority: String) {
        self.authority = authority
    }

    /// Whether it is of no use to try another address.
    var isFinal: Bool { isOutOfFiles }

    mutating func add(_ error: any Error, at address: SocketAddress) {
        let text = address.ipAddress ?? "\(address)"
        switch error {
        case ChannelError.connectTimeout(let amount):
            let span = TimeSpan(nanoseconds: amount.nanoseconds).text
            attempts.append(Attempt(address: text, reason: "no answer within \(span)", isTimeout: true))
        case let error as IOError:
            isOutOfFiles = error.errnoCode == EMFILE || error.errnoCode == ENFILE
            let reason = String(cString: strerror(error.errnoCode)).lowercased()
            attempts.append(Attempt(address: text, reason: reason, isTimeout: error.errnoCode == ETIMEDOUT))
        default:
            attempts.append(Attempt(address: text, reason: "\(error)", isTimeout: false))
        }
    }

    /// The way ended in a handshake that came to nothing.
    mutating func add(_ reason: String, isTimeout: Bool, at address: SocketAddress) {
        attempts.append(Attempt(address: address.ipAddress ?? "\(address)", reason: reason, isTimeout: isTimeout))
    }

    /// The failure of the whole endeavour.
    var failure: TransportFailure {
        if isOutOfFiles {
            return TransportFailure(
                .refused, "too many open files", hint: "raise the limit with ulimit -n, or lower -c", mayBePaid: false)
        }
        guard !attempts.isEmpty else {
            return TransportFailure(.connectTimeout, "no address for \(authority) in time", mayBePaid: false)
        }
        let kind: TransportFailure.Kind = attempts.allSatisfy(\.isTimeout) ? .connectTimeout : .refused
        let isNamed = attempts.count != 1 || attempts[0].address != authorityHost
        let tried = attempts.map { isNamed ? "\($0.address): \($0.reason)" : $0.reason }.joined(separator: "; ")
        let open = isNamed ? " (tried \(tried))" : ": \(tried)"
        return TransportFailure(kind, "cannot connect to \(authority)\(open)", mayBePaid: false)
    }

    /// The host of the authority, without port and brackets.
    private var authorityHost: String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}
