import SluiceCore

/// Turns the bytes of an input, as they come, into rows: unpacks them, brings them to UTF-8, cuts them, keeps to the part
/// that is wanted.
package struct InputDecoder {
    private let source: InputSource
    private var unpacker: GzipDecoder?
    private var transcoder: Transcoder?
    private var lines: LineSplitter
    private var table: TableSplitter?
    /// The first bytes, until there are enough of them to tell what they are.
    private var head: [UInt8]? = []

    /// - Parameter lineLimit: A longer row, in bytes, is not kept.
    package init(_ source: InputSource, lineLimit: Int) {
        self.source = source
        lines = LineSplitter(limit: lineLimit)
        if case .table(let delimiter) = source.format {
            table = TableSplitter(named: source.name, delimiter: delimiter, limit: lineLimit)
            // A spreadsheet that wrote another encoding takes UTF-8 for what it is only by its mark.
            if source.encoding != nil { table?.marksHeader() }
        }
    }

    /// The columns of a table, once they are known.
    var header: TableHeader? { table?.header }

    /// Takes the next chunk and lends every row that ends in it.
    package mutating func decode(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (Line) throws -> Void) throws {
        guard head != nil else { return try unpack(chunk, body) }
        head?.append(contentsOf: chunk)
        if let head, head.count >= 2 { try begin(head, body) }
    }

    /// Lends the last row if it has no line feed.
    package mutating func finish(_ body: (Line) throws -> Void) throws {
        if let head { try begin(head, body) }
        try unpacker?.finish()
        try transcoder?.finish { try split($0, body) }
        let source = source
        if table != nil {
            try table?.finish { line in try Self.hand(line, of: source, body) }
        } else {
            try lines.finish { line throws in try Self.hand(line, of: source, body) }
        }
    }

    private mutating func begin(_ bytes: [UInt8], _ body: (Line) throws -> Void) throws {
        head = nil
        if bytes.starts(with: [0x1F, 0x8B]) {
            unpacker = try GzipDecoder(named: source.name)
        } else if source.encoding != nil {
            // Whatever marks it has are its own.
        } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw SluiceError(
                .configuration, "the text is UTF-16, not UTF-8",
                hint: "--encoding utf-16 reads it", file: source.name)
        }
        transcoder = try source.encoding.map { name throws(SluiceError) in try Transcoder(from: name) }
        try bytes.withUnsafeBufferPointer { try unpack($0, body) }
    }

    private mutating func unpack(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (Line) throws -> Void) throws {
        guard let unpacker else { return try transcode(chunk, body) }
        try unpacker.decode(chunk) { try transcode($0, body) }
    }

    private mutating func transcode(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (Line) throws -> Void) throws {
        guard let transcoder else { return try split(chunk, body) }
        try transcoder.decode(chunk) { try split($0, body) }
    }

    private mutating func split(_ chunk: UnsafeBufferPointer<UInt8>, _ body: (Line) throws -> Void) throws {
        let source = source
        if table != nil {
            try table?.split(chunk) { line in try Self.hand(line, of: source, body) }
        } else {
            try lines.split(chunk) { line throws in try Self.hand(line, of: source, body) }
        }
    }

    /// Hands a line on if it belongs to the part that is wanted.
    private static func hand(_ line: Line, of source: InputSource, _ body: (Line) throws -> Void) throws {
        if source.format == .text, let first = line.text.withoutOuterBlanks.first, RowSyntax.isJSON(first) {
            // As a JSON string it is what it looks like to a person: text.
            var quoted = JSONBuilder(capacity: line.text.count + 16)
            quoted.value(utf8: line.text)
            return try quoted.bytes.withUnsafeBufferPointer { try keep(line.replacingText($0), of: source, body) }
        }
        try keep(line, of: source, body)
    }

    private static func keep(_ line: Line, of source: InputSource, _ body: (Line) throws -> Void) throws {
        guard source.shard?.holds(line) ?? true else { return }
        try body(line)
    }
}
