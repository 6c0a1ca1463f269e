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

    /// The status, 100 to 599.
    package let status: Int
    /// How the body is framed.
    package let framing: Framing
    /// Whether the connection may carry another request.
    package let isKeptAlive: Bool
    /// The lines of the head, the empty one included.
    private let text: Bytes

    /// Reads a whole head, which ends with an empty line.
    ///
    /// Strict where leniency could make client and server disagree on where a response ends: lines end in CRLF, names
    /// are tokens without a blank behind them, folded lines, two lengths and a length beside a coding are refused.
    package init(_ text: Bytes) throws(ResponseError) {
        self.text = text
        (status, framing, isKeptAlive) = try text.withUnsafeBytes { bytes throws(ResponseError) in
            try ResponseHead.read(bytes)
        }
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

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(ResponseError) -> (Int, Framing, Bool) {
        var lines = HeadLines(bytes)
        guard let first = lines.next() else { throw .malformed("no status line") }
        let (status, minor) = try statusLine(first)
        var length: Int?
        var isChunked = false
        var closes = minor == 0
        while let line = lines.next() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(HeadLines.isToken)
            else { throw .malformed("a header line without a name") }
            let value = HeadLines.trimmed(line[(colon + 1)...])
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .malformed("a control character in a header")
            }
            switch colon - line.startIndex {
            case 14 where HeadLines.isEqual(line[..<colon], "content-length"):
                let number = try decimal(value)
                guard length == nil || length == number else { throw .malformed("two content lengths") }
                length = number
            case 17 where HeadLines.isEqual(line[..<colon], "transfer-encoding"):
                guard !isChunked, HeadLines.isEqual(value, "chunked") else {
                    throw .malformed("an unknown transfer coding")
                }
                isChunked = true
            case 10 where HeadLines.isEqual(line[..<colon], "connection"):
                for option in value.split(separator: UInt8(ascii: ",")) {
                    let option = HeadLines.trimmed(option)
                    if HeadLines.isEqual(option, "close") { closes = true }
                    if minor == 0, HeadLines.isEqual(option, "keep-alive") { closes = false }
                }
            default: break
            }
        }
        guard !isChunked || length == nil else { throw .malformed("a content length beside a transfer coding") }
        if status < 200 || status == 204 || status == 304 { return (status, .length(0), !closes) }
        if isChunked { return (status, .chunked, !closes) }
        if let length { return (status, .length(length), !closes) }
        return (status, .close, false)
    }

    private static func statusLine(_ line: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) -> (Int, Int) {
        let bytes = UnsafeBufferPointer(rebasing: line)
        let isVersion = bytes.count >= 12 && bytes[..<7].elementsEqual("HTTP/1.".utf8)
        guard isVersion, bytes[7] == UInt8(ascii: "0") || bytes[7] == UInt8(ascii: "1"), bytes[8] == 0x20,
            bytes[9..<12].allSatisfy({ $0 &- 0x30 < 10 }), bytes.count == 12 || bytes[12] == 0x20
        else { throw .malformed("not an http/1.1 status line") }
        let status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (100..<600).contains(status), status != 101 else { throw .malformed("status \(status)") }
        return (status, Int(bytes[7] - 0x30))
    }

    private static func decimal(_ text: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) -> Int {
        guard !text.isEmpty, text.count <= 18, text.allSatisfy({ $0 &- 0x30 < 10 }) else {
            throw .malformed("a content length that is no number")
        }
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
