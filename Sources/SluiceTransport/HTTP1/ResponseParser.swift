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

    /// The largest head, in bytes; as much again for all trailers, and for all interim responses.
    package static let headCap = 64 << 10
    /// The most header lines of a head.
    package static let lineCap = 256
    /// The longest line with the size of a chunk, in bytes.
    private static let chunkLineCap = 4 << 10

    /// With what TLS begins: an alert, a handshake (RFC 8446 §5.1).
    private static let records: ClosedRange<UInt8> = 0x15...0x16

    private let bodyCap: Int
    private let headCap: Int
    private let lineCap: Int
    private var state = State.head
    private var trailerBytes = 0
    private var interimBytes = 0
    /// A line or head whose end has not come yet.
    private var pending: [UInt8] = []
    /// How far into what is pending its end has been looked for in vain; so a byte is looked at once, however they come.
    private var scanned = 0
    /// Where in what is pending the last line of a head begins, and how many there were before it.
    private var line = (start: 0, number: 0)
    /// The head, once it is there.
    package private(set) var head: ResponseHead?
    /// The body so far.
    package private(set) var body: [UInt8] = []

    /// Whether bytes came after the end of the response, which nobody asked for.
    package private(set) var hasExcess = false

    /// A parser that refuses bodies and heads of more than so many bytes, and heads of more than so many header lines.
    package init(bodyCap: Int, headCap: Int = ResponseParser.headCap, lineCap: Int = ResponseParser.lineCap) {
        self.bodyCap = bodyCap
        self.headCap = headCap
        self.lineCap = lineCap
    }

    /// Whether a whole response is there.
    package var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Whether not a byte of a response has come.
    package var isEmpty: Bool { head == nil && pending.isEmpty }

    /// The bytes that the body takes, or will take as far as has been said.
    package var bodySize: Int {
        switch state {
        case .body(let left), .chunk(let left): body.count + left
        default: body.count
        }
    }

    /// Whether the end of the body is known.
    package var isSizeKnown: Bool {
        switch state {
        case .body, .done: true
        default: false
        }
    }

    /// Makes room for a body of so many bytes.
    package mutating func reserve(_ bytes: Int) { body.reserveCapacity(min(bytes, bodyCap)) }

    /// Puts what the whole body means in its place.
    package mutating func replaceBody(_ meaning: [UInt8]) { body = meaning }

    /// Takes the body out and makes ready for the next response.
    package mutating func next() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        head = nil
        state = .head
        trailerBytes = 0
        interimBytes = 0
        return taken
    }

    /// Takes the next bytes of the connection.
    /// - Throws: ``ResponseError`` if they cannot be trusted; the connection must then be closed.
    package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws(ResponseError) {
        guard !pending.isEmpty else {
            let used = try consume(bytes)
            if used < bytes.count { pending.append(contentsOf: bytes[used...]) }
            return
        }
        var whole: [UInt8] = []
        swap(&whole, &pending)
        whole.append(contentsOf: bytes)
        let used = try whole.withUnsafeBufferPointer { bytes throws(ResponseError) in try consume(bytes) }
        if used == 0 {
            swap(&whole, &pending)
        } else if used < whole.count {
            pending.append(contentsOf: whole[used...])
        }
    }

    /// The connection has ended; some responses end with it.
    package mutating func finish() {
        if case .untilClose = state { state = .done }
    }

    /// Takes what can be taken and returns how many bytes that was; the rest waits for what comes after it.
    private mutating func consume(_ bytes: UnsafeBufferPointer<UInt8>) throws(ResponseError) -> Int {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .head:
                // What does not begin like a response never becomes one; waiting for its first line may take forever.
                guard rest.prefix(7).elementsEqual("HTTP/1.".utf8.prefix(rest.count)) else {
                    if let first = rest.first, Self.records.contains(first) { throw .encrypted }
                    throw .malformed("not an http/1.1 status line")
                }
                guard let count = try headLength(UnsafeBufferPointer(rebasing: rest)) else { return rest.startIndex }
                try readHead(Bytes(Array(rest.prefix(count))))
                rest = rest.dropFirst(count)
            case .body(let left):
                let part = rest.prefix(left)
                try append(part)
                rest = rest.dropFirst(part.count)
                state = part.count == left ? .done : .body(left: left - part.count)
            case .chunkSize:
                guard let count = try lineLength(rest, cap: Self.chunkLineCap) else { return rest.startIndex }
                let size = try ResponseParser.chunkSize(rest.prefix(count))
                guard size <= bodyCap - body.count else { throw .tooLarge }
                state = size == 0 ? .trailers : .chunk(left: size)
                rest = rest.dropFirst(count + 2)
            case .chunk(let left):
                let part = rest.prefix(left)
                try append(part)
                rest = rest.dropFirst(part.count)
                state = part.count == left ? .chunkEnd : .chunk(left: left - part.count)
            case .chunkEnd:
                guard rest.count >= 2 || rest[rest.startIndex] != 0x0D else { return rest.startIndex }
                guard rest.prefix(2).elementsEqual("\r\n".utf8) else { throw .malformed("a chunk longer than it says") }
                state = .chunkSize
                rest = rest.dropFirst(2)
            case .trailers:
                guard let count = try lineLength(rest, cap: headCap) else { return rest.startIndex }
                trailerBytes += count + 2
                guard trailerBytes <= headCap else {
                    throw .malformed("more than \(headCap) bytes of trailers")
                }
                if count == 0 { state = .done }
                rest = rest.dropFirst(count + 2)
            case .untilClose:
                try append(rest)
                return bytes.count
            case .done:
                hasExcess = true
                return bytes.count
            }
        }
        return bytes.count
    }

    private mutating func readHead(_ text: Bytes) throws(ResponseError) {
        let read = try ResponseHead(text)
        guard read.status >= 200 else {
            // An interim response is followed by the real one.
            interimBytes += text.count
            guard interimBytes <= headCap else { throw .malformed("nothing but interim responses") }
            return
        }
        head = read
        switch read.framing {
        case .length(let length):
            guard length <= bodyCap else { throw .tooLarge }
            // What a head only promises takes no memory yet.
            body.reserveCapacity(min(length, headCap))
            state = length == 0 ? .done : .body(left: length)
        case .chunked: state = .chunkSize
        case .close: state = .untilClose
        }
    }

    private mutating func append(_ part: Slice<UnsafeBufferPointer<UInt8>>) throws(ResponseError) {
        guard body.count + part.count <= bodyCap else { throw .tooLarge }
        body.append(contentsOf: part)
    }

    /// The length of a head, the empty line that ends it included; nil if its end has not come yet.
    private mutating func headLength(_ bytes: UnsafeBufferPointer<UInt8>) throws(ResponseError) -> Int? {
        var at = scanned
        while at < bytes.count {
            if bytes[at] == 0x0A {
                guard at > line.start, bytes[at - 1] == 0x0D else {
                    throw .malformed("a line that does not end in crlf")
                }
                if at - 1 == line.start {
                    guard line.number > 0 else { throw .malformed("no status line") }
                    scanned = 0
                    line = (0, 0)
                    guard at < headCap else { break }
                    return at + 1
                }
                line = (at + 1, line.number + 1)
                guard line.number <= lineCap + 1 else {
                    throw .malformed("more than \(lineCap) header lines")
                }
            } else if at > line.start, bytes[at - 1] == 0x0D {
                throw .malformed("a carriage return inside a line")
            }
            at += 1
        }
        guard at < headCap else { throw .malformed("a head of more than \(headCap) bytes") }
        scanned = at
        return nil
    }

    /// The length of the first line without its CRLF; nil if its end has not come yet.
    private mutating func lineLength(
        _ rest: Slice<UnsafeBufferPointer<UInt8>>, cap: Int
    ) throws(ResponseError) -> Int? {
        let bytes = UnsafeBufferPointer(rebasing: rest)
        var at = scanned
        while at < bytes.count, bytes[at] != 0x0A {
            if at > 0, bytes[at - 1] == 0x0D { throw .malformed("a carriage return inside a line") }
            at += 1
        }
        guard at < cap else { throw .malformed("a line of more than \(cap) bytes") }
        guard at < bytes.count else {
            scanned = at
            return nil
        }
        scanned = 0
        guard at > 0, bytes[at - 1] == 0x0D else { throw .malformed("a line that does not end in crlf") }
        return at - 1
    }

    /// The size of a chunk: hexadecimal digits, perhaps with extensions behind a semicolon.
    private static func chunkSize(_ line: HeadLines.Line) throws(ResponseError) -> Int {
        var digits = line.prefix { $0 != UInt8(ascii: ";") }
        // Some servers pad the number at its end.
        while let last = digits.last, last == 0x20 || last == 0x09 { digits = digits.dropLast() }
        guard !digits.isEmpty, digits.count <= 15 else { throw .malformed("a chunk without a size") }
        var size = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: size = size << 4 | Int(digit - 0x30)
            case 0x41...0x46, 0x61...0x66: size = size << 4 | Int((digit | 0x20) - 0x57)
            default: throw .malformed("a chunk size that is no number")
            }
        }
        return size
    }
}
