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
    let answerField: String

    func append(_ row: RenderedRow, to out: inout [UInt8]) {
        guard let line = row.line else { return }
        if let part = row.answer, row.isPart {
            append(line, with: part, to: &out)
        } else {
            out.append(line.raw)
        }
        out.append(0x0A)
    }

    /// The line as it would be if no more than this part of the answer had been kept.
    private func append(_ line: JSON, with part: JSON, to out: inout [UInt8]) {
        var json = JSONBuilder(capacity: line.raw.count)
        json.beginObject()
        for member in line.members {
            if member.hasName(answerField) {
                json.member(answerField, raw: part.raw)
            } else if member.isNamed("sluice") {
                json.key("sluice")
                json.beginObject()
                for fact in member.value.members where !fact.isNamed("request") {
                    json.rawMembers(member.value.raw[fact.range])
                }
                json.endObject()
            } else {
                json.rawMembers(line.raw[member.range])
            }
        }
        json.endObject()
        out.append(contentsOf: json.bytes)
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
