internal import NIOSSL
internal import SluiceCore

/// Puts what BoringSSL says about a handshake into our words, with what to do about it.
struct TLSFailure {
    let authority: String
    let host: String
    /// What the server showed, as far as the handshake came.
    let certificate: NIOSSLCertificate?
    let now: WallTime?

    /// What is said of a connection that just ended.
    static let end = "the connection was closed during the tls handshake"

    /// What is said of a handshake that may succeed another time.
    static func passing(_ error: any Error) -> String { "tls failed: \(reason("\(error)"))" }

    /// Whether the connection just ended: nothing was said against us by TLS, so another try may work.
    static func isEnd(_ error: any Error) -> Bool {
        guard error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError else { return true }
        return switch error {
        case NIOSSLError.uncleanShutdown: true
        case NIOSSLError.handshakeFailed(.zeroReturn), NIOSSLError.handshakeFailed(.syscallError): true
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])): true
        default: false
        }
    }

    /// The failure of a handshake where another one would fail alike, since it is about the certificates, the version of
    /// TLS, or no TLS at all; nil for anything else that a server says, which may pass.
    func describe(_ error: any Error) -> TransportFailure? {
        let reason = TLSFailure.reason("\(error)")
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname { return otherHost }
        switch error {
        case NIOSSLError.unableToValidateCertificate: return otherHost
        default: break
        }
        switch reason {
        case "certificate verify failed": return refusedCertificate
        case "unsupported protocol", "tlsv1 alert protocol version":
            return failure(
                "\(authority) speaks only tls older than 1.2, which is not safe",
                hint: "the server has to offer tls 1.2 or 1.3")
        case "wrong version number", "http request", "https proxy request":
            return failure("\(authority) does not speak tls", hint: "is --base-url meant to begin with http:// ?")
        default:
            return isIdentityWanted(reason) ? identityWanted(reason) : nil
        }
    }

    /// The failure of a connection whose handshake was over, as far as the client could know (TLS 1.3): the server
    /// refuses our certificate, or that there is none; nil if it is about something else.
    func describeLate(_ error: any Error) -> TransportFailure? {
        let reason = TLSFailure.reason("\(error)")
        return isIdentityWanted(reason) ? identityWanted(reason) : nil
    }

    private var refusedCertificate: TransportFailure {
        let subject = "the certificate of \(authority)"
        guard let certificate else { return failure("\(subject) cannot be verified", hint: Self.ownAuthority) }
        if let now {
            let seconds = Int(now.nanoseconds / 1_000_000_000)
            if certificate.notValidAfter < seconds {
                return failure(
                    "\(subject) expired on \(TLSFailure.day(certificate.notValidAfter))",
                    hint: "the server needs a new one; if it is not expired, is this machine's clock right?")
            }
            if certificate.notValidBefore > seconds {
                return failure(
                    "\(subject) is not valid before \(TLSFailure.day(certificate.notValidBefore))",
                    hint: "is this machine's clock right?")
            }
        }
        let facts = (try? certificate.toDERBytes()).flatMap { CertificateFacts($0) }
        if facts?.isSelfSigned == true {
            return failure("\(subject) is self-signed and not trusted here", hint: Self.ownAuthority)
        }
        return failure("\(subject) was signed by nobody who is trusted here", hint: Self.ownAuthority)
    }

    /// The failure where a certificate does not name the host.
    var otherHost: TransportFailure {
        let facts = certificate.flatMap { try? $0.toDERBytes() }.flatMap { CertificateFacts($0) }
        let names = facts.map(\.names) ?? []
        let others = names.isEmpty ? "another host" : names.prefix(4).joined(separator: ", ")
        return failure(
            "the certificate of \(authority) is for \(others), not for \(host)",
            hint: "name the server in --base-url as its certificate does")
    }

    private func identityWanted(_ reason: String) -> TransportFailure {
        failure(
            "\(authority) wants a client certificate that it trusts (\(reason))",
            hint: "give it with --client-cert and --client-key")
    }

    private func failure(_ message: String, hint: String? = nil) -> TransportFailure {
        TransportFailure(.tls, message, hint: hint, mayBePaid: false)
    }

    private static let ownAuthority =
        "for a certificate of your own set SSL_CERT_FILE or --ca-file to its authority"

    private func isIdentityWanted(_ reason: String) -> Bool {
        // In TLS 1.2 this is what is said to who shows no certificate, but only after the server has shown its own;
        // before, it may come from a load balancer with nobody behind it.
        if reason == "sslv3 alert handshake failure" { return certificate != nil }
        return [
            "tlsv1 alert certificate required", "tlsv1 certificate required", "tlsv13 alert certificate required",
            "sslv3 alert bad certificate", "tlsv1 alert unknown ca", "sslv3 alert certificate unknown",
            "sslv3 alert certificate expired",
        ].contains(reason)
    }

    /// What BoringSSL calls the trouble, `certificate verify failed`, out of its long text; else the whole text.
    private static func reason(_ text: String) -> String {
        let mark = "OPENSSL_internal:"
        var rest = Substring(text)
        while !rest.isEmpty, !rest.hasPrefix(mark) { rest = rest.dropFirst() }
        let name = rest.dropFirst(mark.count).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return name.isEmpty ? text : name.lowercased().split(separator: "_").joined(separator: " ")
    }

    /// The day of a moment in seconds since 1970: `2026-11-21`.
    private static func day(_ seconds: Int) -> String {
        // Years like 9999 or 0000 are allowed in a certificate, and nanoseconds do not reach that far.
        let bounded = max(-9_000_000_000, min(9_000_000_000, seconds))
        return String(WallTime(nanoseconds: Int64(bounded) * 1_000_000_000).text.prefix(10))
    }
}
