import SluiceCore

/// The columns of a table, as its first line names them.
struct TableHeader: Sendable, Equatable {
    /// The names; of several equal ones all but the first have a number behind them: `text`, `text.1`.
    let columns: [String]
    /// What stands between two cells.
    let delimiter: UInt8
    /// Whether lines end with a carriage return and a line feed.
    let endsWithCarriageReturn: Bool
    /// Whether a byte order mark stands before it.
    let hasMark: Bool
    /// Its bytes, without line end and byte order mark.
    let source: Bytes

    /// The names as JSON strings with a colon behind them.
    let keys: [[UInt8]]

    init(
        _ cells: [TableCell], source: UnsafeBufferPointer<UInt8>, delimiter: UInt8, endsWithCarriageReturn: Bool,
        hasMark: Bool
    ) {
        var names: [String] = []
        var taken: Set<String> = []
        for cell in cells {
            let name = String(decoding: cell.bytes(in: source), as: UTF8.self)
            var unique = name
            var number = 0
            while !taken.insert(unique).inserted {
                number += 1
                unique = "\(name).\(number)"
            }
            names.append(unique)
        }
        columns = names
        self.delimiter = delimiter
        self.endsWithCarriageReturn = endsWithCarriageReturn
        self.hasMark = hasMark
        self.source = Bytes(Array(source))
        keys = names.map { name in
            var json = JSONBuilder()
            json.value(name)
            return json.bytes + [UInt8(ascii: ":")]
        }
    }

    /// Whether a carriage return stands outside quotes: a line end of old spreadsheets, by which the whole file is one
    /// header.
    static func hasLoneCarriageReturn(_ header: UnsafeBufferPointer<UInt8>) -> Bool {
        var isQuoted = false
        for byte in header {
            if byte == TableCell.quote { isQuoted.toggle() }
            if !isQuoted, byte == 0x0D { return true }
        }
        return false
    }

    /// The delimiter that a header uses: of comma, semicolon, tab and bar the one that stands in it most often,
    /// outside quotes; the comma if there is none.
    static func delimiter(of header: UnsafeBufferPointer<UInt8>) -> UInt8 {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
        var counts = [Int](repeating: 0, count: candidates.count)
        var isQuoted = false
        for byte in header {
            if byte == TableCell.quote { isQuoted.toggle() }
            if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        return most == 0 ? candidates[0] : candidates[counts.firstIndex(of: most) ?? 0]
    }
}
