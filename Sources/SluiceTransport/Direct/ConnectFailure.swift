internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import SluiceCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Puts what NIO says about a connection that was not made into our words.
enum ConnectFailure {
    /// What BoringSSL calls the trouble, `certificate verify failed`, out of its long text; else the whole text.
    private static func reason(_ text: String) -> String {
        let mark = "OPENSSL_internal:"
        var rest = Substring(text)
        while !rest.isEmpty, !rest.hasPrefix(mark) { rest = rest.dropFirst() }
        let name = rest.dropFirst(mark.count).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return name.isEmpty ? text : name.lowercased().split(separator: "_").joined(separator: " ")
    }

    static func describe(_ error: any Error, authority: String) -> TransportFailure {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return describe(first.error, authority: authority) }
            return TransportFailure(.unresolved, "no address for \(error.host)", mayBePaid: false)
        case let error as ChannelError:
            if case .connectTimeout(let amount) = error {
                let span = TimeSpan(nanoseconds: amount.nanoseconds).text
                return TransportFailure(
                    .connectTimeout, "no connection to \(authority) within \(span)", mayBePaid: false)
            }
            return TransportFailure(.refused, "cannot connect to \(authority): \(error)", mayBePaid: false)
        case let error as IOError:
            if error.errnoCode == EMFILE || error.errnoCode == ENFILE {
                return TransportFailure(.refused, "too many open files", mayBePaid: false)
            }
            let reason = String(cString: strerror(error.errnoCode)).lowercased()
            return TransportFailure(.refused, "cannot connect to \(authority): \(reason)", mayBePaid: false)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return TransportFailure(.tls, "tls with \(authority) failed: \(reason("\(error)"))", mayBePaid: false)
        case let error as SluiceError:
            return TransportFailure(.tls, error.message, mayBePaid: false)
        case is SocketAddressError:
            return TransportFailure(.unresolved, "no address for \(authority)", mayBePaid: false)
        default:
            return TransportFailure(.refused, "cannot connect to \(authority): \(error)", mayBePaid: false)
        }
    }
}
