import SluiceCore

/// Base URLs: what is read can be written and read again, and cannot end the line of a request.
enum AddressEntry: FuzzEntry {
    static let name = "url"

    static func run(_ bytes: [UInt8]) -> Bool {
        guard let url = try? BaseURL(String(decoding: bytes, as: UTF8.self)) else { return false }
        expect((1...65535).contains(url.port) && !url.host.isEmpty, "no port or no host", bytes)
        expect(!url.description.utf8.contains { $0 <= 0x20 || $0 == 0x7F }, "blanks", bytes)
        expect((try? BaseURL(url.description)) == url, "does not come back: \(url)", bytes)
        _ = url.isPrivate
        return true
    }

    static let corpus = [
        "https://api.openai.com/v1", "http://gpu-1:8000/v1/", "localhost:8080", "127.0.0.1:1", "http://[::1]:8080/v1",
        "[fd00::1]", "HTTPS://H:443", "https://u:p@h/v1", "http://h?x", "http://h/#a", "http://10.0.0.1/a//", "h.local",
    ].map { Array($0.utf8) }

    static let tokens =
        [
            "://", "http://", "https://", ":", "/", "//", "[", "]", "@", "?", "#", "::", "80", "443", "65535", "65536",
            "+1",
            "0", ".", "..", "é", "e\u{301}", "İ", "\u{200D}", " ", "\r\n", "\u{85}", "\u{2028}", "%00",
        ].map { Array($0.utf8) } + [[0x00], [0x7F], [0xFF]]
}
