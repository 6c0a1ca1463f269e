/// The lines of a response head, up to the empty one.
struct HeadLines {
    typealias Line = Slice<UnsafeBufferPointer<UInt8>>

    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The next line without its CRLF; nil at the empty line.
    mutating func next() -> Line? {
        guard let end = HeadLines.lineEnd(bytes, from: at), end > at else { return nil }
        defer { at = end + 2 }
        return bytes[at..<end]
    }

    /// Where the CRLF of the line that starts at `start` is; nil if there is none, or a bare CR or LF before it.
    static func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var at = start
        while at + 1 < bytes.count {
            if bytes[at] == 0x0D { return bytes[at + 1] == 0x0A ? at : nil }
            if bytes[at] == 0x0A { return nil }
            at += 1
        }
        return nil
    }

    /// The line without blanks at either end.
    static func trimmed(_ line: Line) -> Line {
        var line = line
        while let first = line.first, first == 0x20 || first == 0x09 { line = line.dropFirst() }
        while let last = line.last, last == 0x20 || last == 0x09 { line = line.dropLast() }
        return line
    }

    /// Whether a byte may stand in a field name (RFC 9110 §5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Whether both are the same text but for the case of ASCII letters.
    static func isEqual(_ line: Line, _ name: StaticString) -> Bool {
        isEqual(line, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// Whether both are the same text but for the case of ASCII letters.
    static func isEqual(_ line: Line, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        line.count == name.count && zip(line, name).allSatisfy { lowered($0) == lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
