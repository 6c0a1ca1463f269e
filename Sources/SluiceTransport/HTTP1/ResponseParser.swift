internal import SluiceCore

/// Reads one HTTP/1.1 response after the other from the bytes of a connection (RFC 9112).
///
/// Pure: bytes in, state out.
package struct ResponseParser: Sendable {
    private enum State {
        case head
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case untilClose
        case done
    }

    /// The largest head, in bytes.
    package static let headCap = 64 << 10

    private let bodyCap: Int
    private var state = State.head
    private var trailerBytes = 0
    /// A line or head whose end has not come yet.
    private var pending: [UInt8] = []
    /// The head, once it is there.
    package private(set) var head: ResponseHead?
    /// The body so far.
    package private(set) var body: [UInt8] = []

    /// Whether bytes came after the end of the response, which nobody asked for.
    package private(set) var hasExcess = false

    /// A parser that refuses bodies of more than so many bytes.
    package init(bodyCap: Int) {
        self.bodyCap = bodyCap
    }

    /// Whether a whole response is there.
    package var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Whether not a byte of a response has come.
    package var isEmpty: Bool { head == nil && pending.isEmpty }

    /// Takes the body out and makes ready for the next response.
    package mutating func next() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        head = nil
        state = .head
        trailerBytes = 0
        return taken
    }

    /// Takes the next bytes of the connection.
    /// - Throws: ``ResponseError`` if they cannot be trusted; the connection must then be closed.
    package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws(ResponseError) {
        guard !pending.isEmpty else { return try consume(bytes) }
        var whole: [UInt8] = []
        swap(&whole, &pending)
        whole.append(contentsOf: bytes)
        try whole.withUnsafeBufferPointer { bytes throws(ResponseError) in try consume(bytes) }
    }

    /// The connection has ended; some responses end with it.
    package mutating func finish() {
        if case .untilClose = state { state = .done }
    }

    private mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) throws(ResponseError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .head:
                // What does not begin like a response never becomes one; waiting for its first line may take forever.
                guard rest.prefix(7).elementsEqual("HTTP/1.".utf8.prefix(rest.count)) else {
                    throw .malformed("not an http/1.1 status line")
                }
                guard let end = try ResponseParser.headEnd(rest) else { return try keep(rest) }
                try readHead(Bytes(Array(rest[..<end])))
                rest = rest[end...]
            case .body(let left):
                let part = rest.prefix(left)
                try append(part)
                rest = rest.dropFirst(part.count)
                state = part.count == left ? .done : .body(left: left - part.count)
            case .chunkSize:
                guard let (line, after) = try ResponseParser.line(rest) else { return try keep(rest) }
                let size = try ResponseParser.chunkSize(line)
                state = size == 0 ? .trailers : .chunk(left: size)
                rest = rest[after...]
            case .chunk(let left):
                let part = rest.prefix(left)
                try append(part)
                rest = rest.dropFirst(part.count)
                state = part.count == left ? .chunkEnd : .chunk(left: left - part.count)
            case .chunkEnd:
                guard let (line, after) = try ResponseParser.line(rest) else { return try keep(rest) }
                guard line.isEmpty else { throw .malformed("a chunk longer than it says") }
                state = .chunkSize
                rest = rest[after...]
            case .trailers:
                guard let (line, after) = try ResponseParser.line(rest) else { return try keep(rest) }
                trailerBytes += line.count + 2
                guard trailerBytes <= Self.headCap else {
                    throw .malformed("more than \(Self.headCap) bytes of trailers")
                }
                if line.isEmpty { state = .done }
                rest = rest[after...]
            case .untilClose:
                try append(rest)
                return
            case .done:
                hasExcess = true
                return
            }
        }
    }

    private mutating func readHead(_ text: Bytes) throws(ResponseError) {
        let read = try ResponseHead(text)
        // An interim response is followed by the real one.
        guard read.status >= 200 else { return }
        head = read
        switch read.framing {
        case .length(let length):
            guard length <= bodyCap else { throw .tooLarge }
            body.reserveCapacity(length)
            state = length == 0 ? .done : .body(left: length)
        case .chunked: state = .chunkSize
        case .close: state = .untilClose
        }
    }

    private mutating func append(_ part: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) {
        guard body.count + part.count <= bodyCap else { throw .tooLarge }
        body.append(contentsOf: part)
    }

    private mutating func keep(_ rest: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) {
        guard rest.count <= Self.headCap else { throw .malformed("a head or line of more than \(Self.headCap) bytes") }
        pending = Array(rest)
    }

    /// The offset behind the empty line that ends a head; nil if it has not come yet.
    private static func headEnd(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) -> Int? {
        var at = bytes.startIndex
        while true {
            guard let (line, after) = try self.line(bytes[at...]) else { return nil }
            if line.isEmpty {
                guard at > bytes.startIndex else { throw .malformed("no status line") }
                return after
            }
            at = after
        }
    }

    /// The first line without its CRLF, and the offset behind it; nil if its end has not come yet.
    private static func line(
        _ bytes: Slice<UnsafeBufferPointer<UInt8>>
    ) throws(ResponseError) -> (HeadLines.Line, Int)? {
        var at = bytes.startIndex
        while at < bytes.endIndex, bytes[at] != 0x0A { at += 1 }
        guard at < bytes.endIndex else { return nil }
        guard at > bytes.startIndex, bytes[at - 1] == 0x0D else { throw .malformed("a line that does not end in crlf") }
        let line = bytes[bytes.startIndex..<at - 1]
        guard !line.contains(0x0D) else { throw .malformed("a carriage return inside a line") }
        return (line, at + 1)
    }

    /// The size of a chunk: hexadecimal digits, perhaps with extensions behind a semicolon.
    private static func chunkSize(_ line: HeadLines.Line) throws(ResponseError) -> Int {
        let digits = HeadLines.trimmed(line.prefix { $0 != UInt8(ascii: ";") })
        guard !digits.isEmpty, digits.count <= 15 else { throw .malformed("a chunk without a size") }
        var size = 0
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 0x80 else {
                throw .malformed("a chunk size that is no number")
            }
            size = size << 4 | value
        }
        return size
    }
}
