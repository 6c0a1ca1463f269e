#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A cell of a table (RFC 4180): where it stands in its row.
struct TableCell {
    static let quote = UInt8(ascii: "\"")

    /// The bytes of its content; with ``hasEscapes`` each quote in them is doubled.
    let range: Range<Int>
    /// Whether quotes in it are doubled.
    let hasEscapes: Bool
    /// What follows a closing quote up to the next delimiter, which strict writers never write; mostly empty.
    let tail: Range<Int>

    /// The content.
    func bytes(in row: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var isSecond = false
        for byte in row[range] {
            if hasEscapes, byte == Self.quote {
                isSecond.toggle()
                if !isSecond { continue }
            } else {
                isSecond = false
            }
            bytes.append(byte)
        }
        bytes.append(contentsOf: row[tail])
        return bytes
    }

    /// Cuts a row into its cells.
    ///
    /// A quote counts where a cell begins with it; elsewhere it is text.
    static func cut(_ row: UnsafeBufferPointer<UInt8>, delimiter: UInt8, into cells: inout [TableCell]) {
        cells.removeAll(keepingCapacity: true)
        guard let base = row.baseAddress else {
            cells.append(TableCell(range: 0..<0, hasEscapes: false, tail: 0..<0))
            return
        }
        var at = 0
        while true {
            let cell: TableCell
            if at < row.count, row[at] == quote {
                let (end, hasEscapes) = closing(row, from: at + 1)
                let after = min(end + 1, row.count)
                let next = find(delimiter, base, from: after, to: row.count)
                cell = TableCell(range: at + 1..<end, hasEscapes: hasEscapes, tail: after..<next)
                at = next
            } else {
                let next = find(delimiter, base, from: at, to: row.count)
                cell = TableCell(range: at..<next, hasEscapes: false, tail: next..<next)
                at = next
            }
            cells.append(cell)
            guard at < row.count else { return }
            at += 1
        }
    }

    /// Whether a row is still inside quotes at the end of a piece of it.
    static func isOpen(atEndOf piece: UnsafeBufferPointer<UInt8>, delimiter: UInt8, wasOpen: Bool) -> Bool {
        guard let base = piece.baseAddress else { return wasOpen }
        var at = 0
        var isOpen = wasOpen
        while true {
            if isOpen {
                let (end, _) = closing(piece, from: at)
                guard end < piece.count else { return true }
                at = end + 1
                isOpen = false
            } else if at < piece.count, piece[at] == quote {
                at += 1
                isOpen = true
                continue
            }
            at = find(delimiter, base, from: at, to: piece.count)
            guard at < piece.count else { return false }
            at += 1
        }
    }

    /// The closing quote at or behind an offset, and whether doubled ones stand before it; the end if there is none.
    private static func closing(_ row: UnsafeBufferPointer<UInt8>, from start: Int) -> (end: Int, hasEscapes: Bool) {
        guard let base = row.baseAddress else { return (0, false) }
        var at = start
        var hasEscapes = false
        while true {
            let found = find(quote, base, from: at, to: row.count)
            guard found + 1 < row.count, row[found + 1] == quote else { return (found, hasEscapes) }
            hasEscapes = true
            at = found + 2
        }
    }

    @inline(__always)
    private static func find(_ byte: UInt8, _ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        guard start < end, let found = memchr(base + start, Int32(byte), end - start) else { return end }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
