import SluiceCore

/// `toolkit`: `{"0": "text"}` for every row, null without an answer, whole numbers in their order, then other ids.
///
/// The shape of OpenAI-Parallel-Toolkit, which also strips blanks around the text. A row without id has its line's
/// number, from 0.
struct ToolkitRows: RowForm {
    private struct Entry {
        let index: Int
        let offset: Int
    }

    private var numbered: [Entry] = []
    private var others: [Int] = []
    private var written = 0
    private var isInOrder = true

    mutating func append(_ row: RenderedRow, to out: inout [UInt8]) {
        let id = row.id ?? "\(row.number - 1)"
        var json = JSONBuilder()
        json.beginObject()
        json.key(id)
        if let text = row.answerText { json.value(String(text.trimmed)) } else { json.null() }
        json.endObject()
        if let index = Int(id) {
            if !others.isEmpty || (numbered.last?.index ?? .min) > index { isInOrder = false }
            numbered.append(Entry(index: index, offset: written))
        } else {
            others.append(written)
        }
        out.append(contentsOf: json.bytes)
        out.append(0x0A)
        written += json.bytes.count + 1
    }

    var order: [Int]? {
        if isInOrder { return nil }
        return numbered.sorted { ($0.index, $0.offset) < ($1.index, $1.offset) }.map(\.offset) + others
    }
}

extension String {
    /// The text without blanks and line ends at either end.
    fileprivate var trimmed: Substring {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
