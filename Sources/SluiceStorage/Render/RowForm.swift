import SluiceCore

/// Writes rows in one of the shapes that an output can have.
protocol RowForm {
    /// What stands before the first row.
    mutating func begin(_ out: inout [UInt8])
    /// A row.
    mutating func append(_ row: RenderedRow, to out: inout [UInt8]) throws(SluiceError)
    /// What stands behind the last row.
    mutating func end(_ out: inout [UInt8])
    /// Where the lines that were written begin, in the order in which they are to stand; nil if they stand so already.
    var order: [Int]? { get }
}

extension RowForm {
    mutating func begin(_ out: inout [UInt8]) {}
    mutating func end(_ out: inout [UInt8]) {}
    var order: [Int]? { nil }
}

/// `rows`: the lines of the journal, of answered rows only.
struct JournalLines: RowForm {
    func append(_ row: RenderedRow, to out: inout [UInt8]) {
        guard let line = row.line else { return }
        out.append(line.raw)
        out.append(0x0A)
    }
}

/// `raw`: the provider's replies, of answered rows only.
struct RawLines: RowForm {
    func append(_ row: RenderedRow, to out: inout [UInt8]) {
        guard let answer = row.answer else { return }
        out.append(answer.raw)
        out.append(0x0A)
    }
}
