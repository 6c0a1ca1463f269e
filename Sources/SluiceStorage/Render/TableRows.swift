import SluiceCore

/// `csv` and `tsv`: every row of the input in its order, with the answer in a column of its own (RFC 4180).
///
/// The cells of an input that is a table of the same kind stay as they are, byte for byte.
struct TableRows: RowForm {
    private let header: TableHeader?
    private let names: [String]
    private let delimiter: UInt8
    private let lineEnd: [UInt8]
    private let answerField: String
    /// Whether a column names the model that the row was asked of.
    private let namesModels: Bool
    private let form: OutputForm
    private var cells: [TableCell] = []

    /// - Parameters:
    ///   - header: of an input that is a table.
    ///   - names: the columns of any other input.
    ///   - namesModels: whether rows are asked of several models.
    init(
        _ form: OutputForm, header: TableHeader?, names: [String], answerField: String, namesModels: Bool = false
    ) {
        self.namesModels = namesModels
        self.header = header
        self.names = header?.columns ?? names
        self.form = form
        self.answerField = answerField
        let tab = UInt8(ascii: "\t")
        if form.kind == .tsv {
            delimiter = tab
        } else {
            // A table with semicolons comes back with semicolons, as the spreadsheet that wrote it wants it.
            delimiter = header.map { $0.delimiter == tab ? UInt8(ascii: ",") : $0.delimiter } ?? UInt8(ascii: ",")
        }
        lineEnd = header?.endsWithCarriageReturn ?? false ? [0x0D, 0x0A] : [0x0A]
    }

    func begin(_ out: inout [UInt8]) {
        if let header, header.hasMark { out.append(contentsOf: [0xEF, 0xBB, 0xBF]) }
        if let header, header.delimiter == delimiter {
            out.append(header.source)
        } else {
            for (index, name) in names.enumerated() {
                if index > 0 { out.append(delimiter) }
                append(Array(name.utf8), to: &out)
            }
        }
        let added = (namesModels ? ["asked"] : []) + [answerField]
        for (index, name) in (added + form.columns + (form.errorField.map { [$0] } ?? [])).enumerated() {
            if index > 0 || !names.isEmpty { out.append(delimiter) }
            append(Array(name.utf8), to: &out)
        }
        out.append(contentsOf: lineEnd)
    }

    mutating func append(_ row: RenderedRow, to out: inout [UInt8]) {
        if let header {
            appendCells(of: row, header, to: &out)
        } else {
            for (index, name) in names.enumerated() {
                if index > 0 { out.append(delimiter) }
                if let value = row.row?[name] { append(text(value), to: &out) }
            }
        }
        if !names.isEmpty { out.append(delimiter) }
        if namesModels {
            append(Array((row.asked ?? "").utf8), to: &out)
            out.append(delimiter)
        }
        if let answer = row.answer { append(text(answer), to: &out) }
        for (_, value) in StructuredAnswer.members(form.columns, of: row) {
            out.append(delimiter)
            if let value { append(text(value), to: &out) }
        }
        if form.errorField != nil {
            out.append(delimiter)
            if let error = row.error { append(Array(error.utf8), to: &out) }
        }
        out.append(contentsOf: lineEnd)
    }

    private mutating func appendCells(of row: RenderedRow, _ header: TableHeader, to out: inout [UInt8]) {
        if row.row != nil, header.delimiter == delimiter { return out.append(row.source) }
        row.source.withUnsafeBytes { source in
            TableCell.cut(source, delimiter: header.delimiter, into: &cells)
            for index in header.columns.indices {
                if index > 0 { out.append(delimiter) }
                guard index < cells.count else { continue }
                var cell = cells[index].bytes(in: source)
                // What a row has too much was most likely an unquoted delimiter in its last cell.
                if index == header.columns.count - 1 {
                    for extra in cells[(index + 1)...] { cell += [header.delimiter] + extra.bytes(in: source) }
                }
                append(cell, to: &out)
            }
        }
    }

    private func text(_ value: JSON) -> [UInt8] {
        switch value.kind {
        case .null: []
        case .string: Array((value.string ?? "").utf8)
        default: value.raw.array
        }
    }

    /// Adds a cell, in quotes where it needs them.
    private func append(_ cell: [UInt8], to out: inout [UInt8]) {
        var cell = cell
        if form.guardsFormulas, let first = cell.first, Self.formulaStarts.contains(first) {
            cell.insert(UInt8(ascii: "'"), at: 0)
        }
        let needsQuotes = cell.contains { $0 == delimiter || $0 == TableCell.quote || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else { return out.append(contentsOf: cell) }
        out.append(TableCell.quote)
        for byte in cell {
            if byte == TableCell.quote { out.append(TableCell.quote) }
            out.append(byte)
        }
        out.append(TableCell.quote)
    }

    /// What makes a spreadsheet take a cell for a formula (OWASP, "CSV injection").
    private static let formulaStarts = Array("=+-@\t\r".utf8)
}
