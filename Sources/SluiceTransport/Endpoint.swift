package import SluiceCore

/// An address and the headers that every call to it carries, the key among them; made once per credential.
///
/// A class, so that thousands of calls under way share it by one reference each.
package final class Endpoint: Sendable {
    /// Where connections are made to.
    package let base: BaseURL
    /// The request's head up to the number of the content length.
    package let prefix: [UInt8]

    /// What is done at the address.
    package enum Method: String, Sendable {
        case post = "POST"
        case get = "GET"
    }

    /// An endpoint below a base URL.
    /// - Parameters:
    ///   - method: POST, or GET for what is only read; the call's body is empty then.
    ///   - path: What follows the base URL's own path: `/chat/completions`.
    ///   - headers: Constant headers; Host, Content-Length and the like are added here.
    /// - Throws: ``SluiceError`` if a header holds what would end it early.
    package init(
        _ method: Method = .post, base: BaseURL, path: String, headers: [(name: String, value: String)]
    ) throws(SluiceError) {
        self.base = base
        var text = "\(method.rawValue) \(base.path)\(path) HTTP/1.1\r\nhost: \(Self.host(base.authority))\r\n"
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }) else {
                throw SluiceError(
                    .configuration, "a header has a name that is none", hint: "names are letters, digits and '-'")
            }
            guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
                throw SluiceError(
                    .configuration, "the value of header '\(name)' has a line break or a control character in it",
                    hint: "look for a stray newline in the key or in its file")
            }
            text += "\(name): \(value)\r\n"
        }
        text +=
            "content-type: application/json\r\naccept: application/json\r\naccept-encoding: gzip\r\ncontent-length: "
        prefix = Array(text.utf8)
    }

    /// An authority without the zone of its address, which means nothing on another machine (RFC 6874 §4).
    private static func host(_ authority: String) -> String {
        guard let zone = authority.firstIndex(of: "%"), let end = authority.lastIndex(of: "]") else { return authority }
        return String(authority[..<zone] + authority[end...])
    }
}
