import SluiceCore

/// `jsonl` and `json`: each row with its answer and without the run's own facts; null where there is no answer.
struct PlainRows: RowForm {
    private let isList: Bool
    private let answerField: String
    private let errorField: String?
    private let columns: [String]
    private var isFirst = true

    init(_ form: OutputForm, answerField: String) {
        isList = form.kind == .json
        self.answerField = answerField
        errorField = form.errorField
        columns = form.columns
    }

    mutating func begin(_ out: inout [UInt8]) {
        if isList { out.append(UInt8(ascii: "[")) }
    }

    mutating func append(_ row: RenderedRow, to out: inout [UInt8]) {
        if isList {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            out.append(0x0A)
        }
        isFirst = false
        var json = JSONBuilder(capacity: row.source.count + 256)
        json.beginObject()
        let own = row.row.map { RowContent.own($0.raw, answerField: answerField) } ?? Bytes(prompt(row.source))
        let members = own[1..<own.count - 1]
        if !members.withUnsafeBytes({ $0.allSatisfy(\.isASCIIBlank) }) { json.rawMembers(members) }
        if let asked = row.asked { json.member("asked", asked) }
        json.key(answerField)
        if let answer = row.answer { json.raw(answer.raw) } else { json.null() }
        for (name, value) in StructuredAnswer.members(columns, of: row) {
            json.key(name)
            if let value { json.raw(value.raw) } else { json.null() }
        }
        if let errorField {
            json.member(errorField, row.error)
        }
        json.endObject()
        out.append(contentsOf: json.bytes)
        if !isList { out.append(0x0A) }
    }

    mutating func end(_ out: inout [UInt8]) {
        if isList { out.append(contentsOf: Array("\n]\n".utf8)) }
    }

    private func prompt(_ source: Bytes) -> [UInt8] {
        var json = JSONBuilder(capacity: source.count + 32)
        json.beginObject()
        json.member("prompt", source.text)
        json.endObject()
        return json.bytes
    }
}
