internal import SluiceCore
internal import SluiceStorage

/// Writes the line of an answered row: the row as it came, the answer field, the `sluice` object.
struct AnswerLine: Sendable {
    private let field: String
    private let save: Save
    private let keepsRequest: Bool

    /// - Parameter keepsRequest: Whether the body that was sent is kept beside the answer.
    init(field: String, save: Save, keepsRequest: Bool = false) {
        self.field = field
        self.save = save
        self.keepsRequest = keepsRequest
    }

    /// What is known of the way to the answer.
    struct Way: Sendable {
        /// From the first attempt to the answer.
        let span: TimeSpan
        /// Requests that counted as attempts, the last one included.
        let attempts: Int
        /// The model that was asked.
        let model: String
        /// What the answer cost, if its price is known.
        let cost: Money?
        /// How many tokens shorter the prompt was than the row has it.
        var truncated = 0
        /// Where it came from, if not from a request of its own.
        var source: SharedAnswer.Source?

        /// The way of an answer that was there already.
        static func given(_ answer: SharedAnswer, truncated: Int) -> Way {
            Way(
                span: .zero, attempts: 0, model: answer.model, cost: .zero, truncated: truncated,
                source: answer.source)
        }
    }

    func line(_ row: Row, _ answer: Answer, _ way: Way, request: Bytes? = nil) -> [UInt8] {
        let kept = save.part(of: answer).singleLine
        var json = JSONBuilder(capacity: row.bytes.count + kept.count + 384)
        json.beginObject()
        appendRow(row, to: &json)
        json.member(field, raw: kept)
        json.key("sluice")
        appendMeta(row, answer, way, request: keepsRequest ? request : nil, to: &json)
        json.endObject()
        var line = json.bytes
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// The row's members; a row that is no object gets the name that makes it valid input again.
    private func appendRow(_ row: Row, to json: inout JSONBuilder) {
        guard let value = row.json else {
            json.member("prompt", row.bytes.text)
            return
        }
        switch value.kind {
        case .object:
            json.rawMembers(row.isResult ? ownMembers(value) : value.raw[1..<value.raw.count - 1].orNothing)
        case .string:
            json.member("prompt", raw: value.raw)
        default:
            json.member("messages", raw: value.raw)
        }
    }

    /// The row's own members: all, or all but what an earlier run has added.
    private func ownMembers(_ row: JSON) -> Bytes {
        let own = RowContent.own(row.raw, answerField: field)
        return own[1..<own.count - 1].orNothing
    }

    private func appendMeta(
        _ row: Row, _ answer: Answer, _ way: Way, request: Bytes?, to json: inout JSONBuilder
    ) {
        json.beginObject()
        if let id = row.id {
            json.member("id", raw: id.json.raw)
        }
        if let asked = row.asked { json.member("asked", asked) }
        json.member("model", answer.model ?? way.model)
        json.member("finish", answer.finish)
        if let usage = answer.usage {
            json.key("usage")
            json.beginObject()
            json.member("input", usage.input)
            json.member("output", usage.output)
            json.member("cached", usage.cached)
            json.member("reasoning", usage.reasoning)
            json.endObject()
        }
        if let cost = way.cost {
            json.member("cost", cost)
        }
        if way.truncated > 0 { json.member("truncated", way.truncated) }
        json.member("ms", Int(way.span.nanoseconds / 1_000_000))
        json.member("attempts", way.attempts)
        json.member("cached", way.source == .cache)
        if way.source == .row { json.member("deduplicated", true) }
        json.member("hash", row.hash.hex)
        if let request {
            json.member("request", raw: request.singleLine)
        }
        json.endObject()
    }
}

extension Bytes {
    /// The bytes, or none where there is nothing but blanks.
    fileprivate var orNothing: Bytes {
        withUnsafeBytes { $0.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } } ? Bytes([]) : self
    }
}
