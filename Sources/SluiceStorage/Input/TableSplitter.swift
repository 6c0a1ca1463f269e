import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cuts the bytes of a table, which come in chunks, into rows, each a JSON object of texts under the header's names.
///
/// RFC 4180: cells may be quoted, quoted ones may hold delimiters, doubled quotes and line ends. Rows end at a line feed
/// outside quotes; a carriage return before it belongs to the line end. Blank lines are counted and skipped.
struct TableSplitter {
    private let name: String
    private let limit: Int
    private var delimiter: UInt8?
    /// The columns, once their line has come.
    private(set) var header: TableHeader?
    /// The start of a row whose end has not come yet.
    private var held: [UInt8] = []
    private var heldCount = 0
    /// Whether what is held ends inside quotes.
    private var isOpen = false
    /// How much of what is held was looked at for quotes.
    private var seen = 0
    /// Lines before the row that is being read, and lines inside it so far.
    private var linesBefore = 0
    private var linesInside = 0
    private var offset = 0
    private var cells: [TableCell] = []
    private var json = JSONBuilder(capacity: 4096)
    private var hasMark = false

    /// - Parameter name: What people call the input, for messages.
    init(named name: String = "the table", delimiter: UInt8?, limit: Int = 64 << 20) {
        self.name = name
        self.delimiter = delimiter
        self.limit = limit
    }

    /// Says that tables made of this one begin with a byte order mark.
    mutating func marksHeader() { hasMark = true }

    /// Takes the next chunk and lends every row that ends in it.
    mutating func split(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (Line) throws -> Void) throws {
        guard let base = chunk.baseAddress else { return }
        var at = 0
        while at < chunk.count {
            guard let found = memchr(base + at, 0x0A, chunk.count - at) else {
                return hold(UnsafeBufferPointer(rebasing: chunk[at...]))
            }
            let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            let line = UnsafeBufferPointer(rebasing: chunk[at..<end])
            linesInside += 1
            if heldCount == 0 {
                if endsInQuotes(line, from: 0) {
                    isOpen = true
                    hold(UnsafeBufferPointer(rebasing: chunk[at...end]))
                    seen = heldCount
                } else {
                    try emit(line, count: line.count, isTerminated: true, body)
                }
            } else {
                hold(line)
                try closeHeld(body)
            }
            at = end + 1
        }
    }

    /// Lends the last row if it has no line feed.
    mutating func finish(_ body: (Line) throws -> Void) throws {
        guard heldCount > 0 else { return }
        if heldCount <= limit {
            isOpen = held.withUnsafeBufferPointer { endsInQuotes($0, from: min(seen, $0.count)) }
        }
        if held.last != 0x0A { linesInside += 1 }
        try emitHeld(isTerminated: false, body)
    }

    /// A line feed has come behind what is held: it ends the row, or is text inside quotes.
    private mutating func closeHeld(_ body: (Line) throws -> Void) throws {
        if heldCount <= limit {
            isOpen = held.withUnsafeBufferPointer { endsInQuotes($0, from: min(seen, $0.count)) }
        } else {
            // What was thrown away is not known; the row is lost in any case, and the next line is believed.
            isOpen = false
        }
        guard isOpen else { return try emitHeld(isTerminated: true, body) }
        held.append(0x0A)
        heldCount += 1
        seen = heldCount
    }

    private func endsInQuotes(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        let piece = UnsafeBufferPointer(rebasing: text[start...])
        guard let base = piece.baseAddress, memchr(base, Int32(TableCell.quote), piece.count) != nil else {
            return isOpen
        }
        let mark = start == 0 && linesBefore == 0 && offset == 0 && piece.starts(with: Self.mark) ? 3 : 0
        let unmarked = UnsafeBufferPointer(rebasing: piece[mark...])
        // Until the header has come, its own line tells the delimiter; a header in several lines is rare enough.
        let delimiter = delimiter ?? TableHeader.delimiter(of: text)
        return TableCell.isOpen(atEndOf: unmarked, delimiter: delimiter, wasOpen: isOpen)
    }

    private mutating func hold(_ piece: UnsafeBufferPointer<UInt8>) {
        heldCount += piece.count
        if heldCount > limit {
            held = []
        } else {
            held.append(contentsOf: piece)
        }
    }

    private mutating func emitHeld(isTerminated: Bool, _ body: (Line) throws -> Void) throws {
        var text: [UInt8] = []
        swap(&text, &held)
        let count = heldCount
        heldCount = 0
        seen = 0
        try text.withUnsafeBufferPointer { try emit($0, count: count, isTerminated: isTerminated, body) }
        if text.capacity <= 1 << 20 {
            text.removeAll(keepingCapacity: true)
            swap(&text, &held)
        }
    }

    private mutating func emit(
        _ bytes: UnsafeBufferPointer<UInt8>, count: Int, isTerminated: Bool, _ body: (Line) throws -> Void
    ) throws {
        let number = linesBefore + 1
        let start = offset
        linesBefore += linesInside
        linesInside = 0
        offset += count + (isTerminated ? 1 : 0)
        let wasOpen = isOpen
        isOpen = false
        if count > limit {
            let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
            return try body(
                Line(
                    number: number, offset: start, text: none, count: count, isTooLong: true,
                    isTerminated: isTerminated))
        }
        var row = bytes
        let hasMark = start == 0 && row.starts(with: Self.mark)
        if hasMark { row = UnsafeBufferPointer(rebasing: row[3...]) }
        let endsWithCarriageReturn = row.last == 0x0D && !wasOpen
        if endsWithCarriageReturn { row = UnsafeBufferPointer(rebasing: row.dropLast()) }
        if row.isEmpty { return }
        guard let header else {
            guard !wasOpen else {
                throw SluiceError(
                    .configuration, "a quote that is opened in the names of the columns is not closed before the end",
                    hint: "--input-format jsonl or text reads a file that is no table", file: name, line: 1)
            }
            return try readHeader(
                row, endsWithCarriageReturn: endsWithCarriageReturn, hasMark: hasMark || self.hasMark)
        }
        TableCell.cut(row, delimiter: header.delimiter, into: &cells)
        var defect: String?
        if wasOpen {
            defect = "the quote that is opened in this row is not closed before the end of the file"
        } else if cells.count != header.columns.count {
            defect = "the row has \(cells.count) cells, the header \(header.columns.count)"
        } else {
            fill(row, header)
        }
        if let defect {
            return try body(
                Line(number: number, offset: start, text: row, count: count, isTerminated: isTerminated, defect: defect)
            )
        }
        try json.bytes.withUnsafeBufferPointer { text in
            try body(
                Line(
                    number: number, offset: start, text: text, source: row, count: count, isTerminated: isTerminated))
        }
    }

    private mutating func readHeader(
        _ row: UnsafeBufferPointer<UInt8>, endsWithCarriageReturn: Bool, hasMark: Bool
    ) throws(SluiceError) {
        guard RowSyntax.isUTF8(row) else {
            throw SluiceError(
                .configuration, "the names of the columns are not valid UTF-8\(LegacyText.advice(row))",
                hint: "--encoding NAME reads a table in another encoding, like gbk, big5 or latin1", file: name, line: 1
            )
        }
        guard !TableHeader.hasLoneCarriageReturn(row) else {
            throw SluiceError(
                .configuration, "the lines of the table end with carriage returns alone",
                hint: "tr '\\r' '\\n' < \(name) makes line feeds of them", file: name, line: 1)
        }
        let delimiter = delimiter ?? TableHeader.delimiter(of: row)
        self.delimiter = delimiter
        TableCell.cut(row, delimiter: delimiter, into: &cells)
        header = TableHeader(
            cells, source: row, delimiter: delimiter, endsWithCarriageReturn: endsWithCarriageReturn, hasMark: hasMark)
    }

    /// Writes the row as an object.
    private mutating func fill(_ row: UnsafeBufferPointer<UInt8>, _ header: TableHeader) {
        json.removeAll()
        json.beginObject()
        for (index, cell) in cells.enumerated() {
            json.rawKey(header.keys[index])
            if cell.hasEscapes || !cell.tail.isEmpty {
                cell.bytes(in: row).withUnsafeBufferPointer { json.value(utf8: $0) }
            } else {
                json.value(utf8: UnsafeBufferPointer(rebasing: row[cell.range]))
            }
        }
        json.endObject()
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
}
