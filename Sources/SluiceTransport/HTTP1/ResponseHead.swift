package import SluiceCore

/// The head of a response: its status, how its body is framed, and its fields, which are looked up only when asked for.
package struct ResponseHead: Sendable {
    /// How the end of the body is found (RFC 9112 §6.3).
    package enum Framing: Sendable, Equatable {
        /// After so many bytes.
        case length(Int)
        /// By the chunked coding.
        case chunked
        /// By the end of the connection.
        case close
    }

    /// What is read of every head at once.
    private struct Facts {
        var status = 0
        var framing = Framing.close
        var isKeptAlive = true
        var keepAlive: TimeSpan?
        var coding = ContentCoding.identity
        var requestID: Int?
    }

    /// The status, 100 to 999; what is not known is like the first of its hundred, and above 599 like 500 (RFC 9110 §15).
    package var status: Int { facts.status }
    /// How the body is framed.
    package var framing: Framing { facts.framing }
    /// Whether the connection may carry another request.
    package var isKeptAlive: Bool { facts.isKeptAlive }
    /// How long the server says that it keeps an idle connection (`Keep-Alive: timeout=5`); nil if it does not say.
    package var keepAlive: TimeSpan? { facts.keepAlive }
    /// What was done to the body.
    package var coding: ContentCoding { facts.coding }
    /// What stands for the server's number of the request (`X-Request-Id`) in this process; nil if it has none.
    package var requestID: Int? { facts.requestID }
    /// The lines of the head, the empty one included.
    private let text: Bytes
    private let facts: Facts

    /// Reads a whole head, which ends with an empty line.
    ///
    /// Strict where leniency could make client and server disagree on where a response ends: lines end in CRLF, names
    /// are tokens without a blank behind them, folded lines, two different lengths, a list of lengths and a length beside
    /// a coding are refused.
    package init(_ text: Bytes) throws(ResponseError) {
        self.text = text
        facts = try text.withUnsafeBytes { bytes throws(ResponseError) in try ResponseHead.read(bytes) }
    }

    /// Whether a word of letters, in lower case, stands anywhere in the head, whatever its case there.
    ///
    /// One look for what most replies lack is cheaper than a search for each of many fields.
    package func mentions(_ word: StaticString) -> Bool {
        text.withUnsafeBytes { ResponseHead.holds($0, word) }
    }

    private static func holds(_ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        let first = word.utf8Start[0]
        for start in 0...bytes.count - count where bytes[start] | 0x20 == first {
            var length = 1
            while length < count, bytes[start + length] | 0x20 == word.utf8Start[length] { length += 1 }
            if length == count { return true }
        }
        return false
    }

    /// The fields in whose names a word of letters in lower case stands, by their names in lower case; of several with one
    /// name the first.
    package func fields(named word: StaticString) -> [String: String] {
        var fields: [String: String] = [:]
        text.withUnsafeBytes { bytes in
            var lines = HeadLines(bytes)
            _ = lines.next()
            while let line = lines.next() {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                    ResponseHead.holds(UnsafeBufferPointer(rebasing: line[..<colon]), word)
                else { continue }
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                guard fields[name] == nil else { continue }
                fields[name] = String(decoding: HeadLines.trimmed(line[(colon + 1)...]), as: UTF8.self)
            }
        }
        return fields
    }

    /// The first value of a field, whatever the case of its name.
    package func field(_ name: String) -> String? {
        var name = name
        return name.withUTF8 { name in
            text.withUnsafeBytes { bytes in
                var lines = HeadLines(bytes)
                _ = lines.next()
                while let line = lines.next() {
                    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon - line.startIndex == name.count,
                        HeadLines.isEqual(line[..<colon], name)
                    else { continue }
                    return String(decoding: HeadLines.trimmed(line[(colon + 1)...]), as: UTF8.self)
                }
                return nil
            }
        }
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(ResponseError) -> Facts {
        var lines = HeadLines(bytes)
        guard let first = lines.next() else { throw .malformed("no status line") }
        var facts = Facts()
        let minor: Int
        (facts.status, minor) = try statusLine(first)
        var length: Int?
        var isChunked = false
        facts.isKeptAlive = minor == 1
        while let line = lines.next() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(HeadLines.isToken)
            else { throw .malformed("a header line without a name") }
            let value = HeadLines.trimmed(line[(colon + 1)...])
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .malformed("a control character in a header")
            }
            let name = line[..<colon]
            switch name.count {
            case 14 where HeadLines.isEqual(name, "content-length"):
                let number = try decimal(value)
                guard length == nil || length == number else { throw .malformed("two content lengths") }
                length = number
            case 17 where HeadLines.isEqual(name, "transfer-encoding"):
                guard !isChunked, HeadLines.isEqual(value, "chunked") else {
                    throw .malformed("an unknown transfer coding")
                }
                // RFC 9112 §6.1: whoever speaks 1.0 does not know of it, so somebody between has mixed things up.
                guard minor == 1 else { throw .malformed("a transfer coding in http/1.0") }
                isChunked = true
            case 16 where HeadLines.isEqual(name, "content-encoding"):
                facts.coding = facts.coding == .identity ? coding(value) : .other
            case 10 where HeadLines.isEqual(name, "connection"):
                for option in value.split(separator: UInt8(ascii: ",")) {
                    let option = HeadLines.trimmed(option)
                    if HeadLines.isEqual(option, "close") { facts.isKeptAlive = false }
                    if minor == 0, HeadLines.isEqual(option, "keep-alive") { facts.isKeptAlive = true }
                }
            case 12 where HeadLines.isEqual(name, "x-request-id"):
                facts.requestID = hash(value)
            case 10 where HeadLines.isEqual(name, "keep-alive"):
                facts.keepAlive = keepAlive(value) ?? facts.keepAlive
            default: break
            }
        }
        guard !isChunked || length == nil else { throw .malformed("a content length beside a transfer coding") }
        if facts.status < 200 || facts.status == 204 || facts.status == 304 {
            // These have no body, whatever they say; a server that says otherwise may send one, and then the
            // connection cannot be trusted any more (RFC 9112 §6.3, rule 1).
            facts.framing = .length(0)
            if isChunked || (length ?? 0) > 0 { facts.isKeptAlive = false }
        } else if isChunked {
            facts.framing = .chunked
        } else if let length {
            facts.framing = .length(length)
        } else {
            facts.isKeptAlive = false
        }
        return facts
    }

    private static func hash(_ value: HeadLines.Line) -> Int? {
        guard !value.isEmpty else { return nil }
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: value)))
        return hasher.finalize()
    }

    private static func coding(_ value: HeadLines.Line) -> ContentCoding {
        if HeadLines.isEqual(value, "gzip") || HeadLines.isEqual(value, "x-gzip") { return .gzip }
        if HeadLines.isEqual(value, "deflate") { return .deflate }
        return value.isEmpty || HeadLines.isEqual(value, "identity") ? .identity : .other
    }

    /// The seconds of `timeout=5, max=100`.
    private static func keepAlive(_ value: HeadLines.Line) -> TimeSpan? {
        for option in value.split(separator: UInt8(ascii: ",")) {
            let option = HeadLines.trimmed(option)
            guard HeadLines.isEqual(option.prefix(8), "timeout=") else { continue }
            let digits = option.dropFirst(8)
            guard !digits.isEmpty, digits.count <= 6, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
            return .milliseconds(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } * 1000)
        }
        return nil
    }

    private static func statusLine(_ line: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) -> (Int, Int) {
        let bytes = UnsafeBufferPointer(rebasing: line)
        let isVersion = bytes.count >= 12 && bytes[..<7].elementsEqual("HTTP/1.".utf8)
        guard isVersion, bytes[7] == UInt8(ascii: "0") || bytes[7] == UInt8(ascii: "1"), bytes[8] == 0x20,
            bytes[9..<12].allSatisfy({ $0 &- 0x30 < 10 }), bytes.count == 12 || bytes[12] == 0x20
        else { throw .malformed("not an http/1.1 status line") }
        let status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard status >= 100, status != 101 else { throw .malformed("status \(status)") }
        return (status, Int(bytes[7] - 0x30))
    }

    private static func decimal(_ text: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) -> Int {
        guard !text.isEmpty, text.count <= 18, text.allSatisfy({ $0 &- 0x30 < 10 }) else {
            throw .malformed("a content length that is no number")
        }
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
