#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cuts bytes that come in chunks into lines: at line feeds (0x0A) only.
///
/// U+0085, U+2028 and lone carriage returns are text. A carriage return before the line feed and a UTF-8 byte order
/// mark at the very start are dropped; lines of nothing but ASCII blanks are counted and skipped.
package struct LineSplitter {
    private let limit: Int
    /// The start of a line whose end has not come yet.
    private var held: [UInt8] = []
    /// The length of that line so far, which is more than `held` holds once it is too long.
    private var heldCount = 0
    private var number = 0
    private var offset = 0

    /// A splitter at the start of a file; a line of more than `limit` bytes is reported without its text.
    package init(limit: Int = 64 << 20) {
        self.limit = limit
    }

    /// Takes the next chunk and lends every line that ends in it.
    package mutating func split<E: Error>(
        _ chunk: UnsafeBufferPointer<UInt8>, _ body: (Line) throws(E) -> Void
    ) throws(E) {
        guard let base = chunk.baseAddress else { return }
        var at = 0
        while at < chunk.count {
            guard let found = memchr(base + at, 0x0A, chunk.count - at) else {
                hold(UnsafeBufferPointer(rebasing: chunk[at...]))
                return
            }
            let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            let piece = UnsafeBufferPointer(rebasing: chunk[at..<end])
            if heldCount == 0 {
                try emit(piece, count: piece.count, isTerminated: true, body)
            } else {
                hold(piece)
                try emitHeld(isTerminated: true, body)
            }
            at = end + 1
        }
    }

    /// Lends the last line if it has no line feed.
    package mutating func finish<E: Error>(_ body: (Line) throws(E) -> Void) throws(E) {
        if heldCount > 0 { try emitHeld(isTerminated: false, body) }
    }

    private mutating func hold(_ piece: UnsafeBufferPointer<UInt8>) {
        heldCount += piece.count
        if heldCount > limit {
            held = []
        } else {
            held.append(contentsOf: piece)
        }
    }

    private mutating func emitHeld<E: Error>(isTerminated: Bool, _ body: (Line) throws(E) -> Void) throws(E) {
        var text: [UInt8] = []
        swap(&text, &held)
        let count = heldCount
        heldCount = 0
        try text.withUnsafeBufferPointer { text throws(E) in
            try emit(text, count: count, isTerminated: isTerminated, body)
        }
        // One huge line must not hold its memory for the rest of the file.
        if text.capacity <= 1 << 20 {
            text.removeAll(keepingCapacity: true)
            swap(&text, &held)
        }
    }

    private mutating func emit<E: Error>(
        _ bytes: UnsafeBufferPointer<UInt8>, count: Int, isTerminated: Bool, _ body: (Line) throws(E) -> Void
    ) throws(E) {
        let start = offset
        offset += count + (isTerminated ? 1 : 0)
        number += 1
        if count > limit {
            let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
            try body(
                Line(
                    number: number, offset: start, text: none, count: count, isTooLong: true,
                    isTerminated: isTerminated))
            return
        }
        var text = bytes
        if number == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeBufferPointer(rebasing: text[3...]) }
        if isTerminated, text.last == 0x0D { text = UnsafeBufferPointer(rebasing: text.dropLast()) }
        if text.allSatisfy(\.isASCIIBlank) { return }
        try body(Line(number: number, offset: start, text: text, count: count, isTerminated: isTerminated))
    }
}
