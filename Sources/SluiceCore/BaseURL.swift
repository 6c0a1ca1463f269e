/// Where a provider is: scheme, host, port and the path before the endpoint's own.
public struct BaseURL: Sendable, Hashable, CustomStringConvertible {
    /// Whether the connection is encrypted (`https`).
    public let isSecure: Bool
    /// A name or an address; IPv6 without its brackets.
    public let host: String
    /// The port, 1 to 65535.
    public let port: Int
    /// The path without a slash at its end: `/v1`, or nothing.
    public let path: String

    /// Reads `http://host[:port][/path]` or `https://…`; a host without a scheme is https, on loopback http.
    /// - Throws: ``SluiceError`` with the code `configuration` for anything else, also for a query, a fragment or
    ///   credentials inside the URL.
    public init(_ text: String) throws(SluiceError) {
        func bad(_ why: String) -> SluiceError {
            SluiceError(
                .configuration, "base url '\(BaseURL.shown(text))' \(why)",
                hint: "write it like https://api.openai.com/v1")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw bad("has blanks or characters beyond ascii in it")
        }
        var rest = Substring(text)
        var secure: Bool?
        if let scheme = rest.range(ofASCII: "://") {
            switch rest[..<scheme.lowerBound].lowercased() {
            case "https": secure = true
            case "http": secure = false
            default: throw bad("is neither http nor https")
            }
            rest = rest[scheme.upperBound...]
        }
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else { throw bad("has a query or a fragment") }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            // The text is not repeated: there may be a password in it.
            throw SluiceError(
                .configuration, "the base url has credentials in it", hint: "give the key by variable or file")
        }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }

        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw bad("has no host") }
            host = authority[authority.index(after: authority.startIndex)..<close].lowercased()
            let tail = authority[authority.index(after: close)...]
            guard host.contains(":"), tail.isEmpty || tail.hasPrefix(":") else { throw bad("has no valid host") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let name = authority.prefix { $0 != ":" }
            host = name.lowercased()
            portText = name.count == authority.count ? nil : authority.dropFirst(name.count + 1)
        }
        guard !host.isEmpty else { throw bad("has no host") }
        // The system reads 134744072, 0x8080808 and 010.8.8.8 as addresses, too, and not as they look.
        guard !BaseURL.endsInNumber(host) || BaseURL.quad(host) != nil else {
            throw bad("has an address that is not written as four numbers")
        }
        isSecure = secure ?? !BaseURL.isLoopback(host)
        if let portText {
            guard portText.first?.isNumber == true, let number = Int(portText), (1...65535).contains(number) else {
                throw bad("has no valid port")
            }
            port = number
        } else {
            port = isSecure ? 443 : 80
        }
        self.path = path
    }

    /// `host` or `host:port`, as the Host header wants it.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The URL as text.
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }

    /// Whether the host is this machine.
    public var isLoopback: Bool { BaseURL.isLoopback(host) }

    /// Whether the host is this machine or an address of a private network (RFC 1918, RFC 4193, link-local).
    public var isPrivate: Bool {
        if host.contains(":") {
            let first = host.prefix { $0 != ":" }
            return isLoopback || first.count == 4 && (first.hasPrefix("fd") || first == "fe80")
        }
        if isLoopback { return true }
        guard let quad = BaseURL.quad(host) else {
            return !host.contains(".") || host.hasSuffix(".local") || host.hasSuffix(".internal")
        }
        switch (quad[0], quad[1]) {
        case (10, _), (192, 168), (169, 254): return true
        case (172, 16...31): return true
        default: return false
        }
    }

    /// A text that was to be a base URL, as messages may show it: keys stand in queries, passwords before an `@`.
    package static func shown(_ text: String) -> String {
        let plain = text.prefix { $0 != "?" && $0 != "#" }
        guard let at = text.lastIndex(of: "@") else { return String(plain) }
        let scheme = plain.range(ofASCII: "://").map { plain[..<$0.upperBound] } ?? ""
        // Either a query with an `@`, or a password with what begins a query: who knows.
        guard at < plain.endIndex else { return scheme + "…" }
        return String(scheme + plain[plain.index(after: at)...])
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || quad(host)?[0] == 127
    }

    private static func quad(_ host: String) -> [Int]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        // Only as it is always written: a zero in front means eight to some.
        let numbers = parts.compactMap { part in UInt8(part).flatMap { "\($0)" == part ? Int($0) : nil } }
        return parts.count == 4 && numbers.count == 4 ? numbers : nil
    }

    /// Whether a host is an address in the eyes of those who take any spelling of one (WHATWG URL, "ends in a number").
    private static func endsInNumber(_ host: String) -> Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        guard !host.contains(":"), let last = name.split(separator: ".").last else { return false }
        return last.utf8.allSatisfy { 0x30...0x39 ~= $0 }
            || last.hasPrefix("0x") && UInt64(last.dropFirst(2), radix: 16) != nil
    }
}

extension Substring {
    fileprivate func range(ofASCII text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
