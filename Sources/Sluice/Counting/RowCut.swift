internal import SluiceCore
internal import SluiceTokens

/// Cuts the text of a row so that its prompt has no more than so many tokens.
///
/// What is cut is what a user asks: the last message of a user, a prompt, an input, the column of `--text-field`, or the
/// line itself. Everything else of the row stays byte for byte as it is.
struct RowCut {
    private let row: Row
    /// Where the text stands in the row's bytes; nil for a line of plain text.
    private let range: Range<Int>?
    private let text: String

    /// - Throws: ``Failure`` if the row has no text that could be cut.
    init(_ row: Row, _ request: Request, textField: String?) throws(Failure) {
        self.row = row
        guard let json = row.json else {
            range = nil
            text = row.bytes.text
            return
        }
        guard let value = Self.text(of: json, textField: textField), let text = value.string else {
            throw Failure(.final, code: "bad_row", message: "no text in the row that could be cut")
        }
        self.text = text
        let start = value.raw.lower - row.bytes.lower
        range = start..<start + value.raw.count
    }

    /// The row with a shorter text, and its tokens.
    /// - Parameter count: Counts a row.
    /// - Throws: ``Failure`` if the rest of the row alone has more tokens.
    func cut(
        to limit: Int, _ estimate: TokenEstimate, _ encoding: Encoding?,
        _ count: (Bytes) throws(Failure) -> TokenEstimate
    ) throws(Failure) -> (Bytes, TokenEstimate) {
        guard let encoding else {
            throw Failure(
                .final, code: "bad_row",
                message: "the vocabulary of the row's model is not public; cut with another: --encoding o200k_base")
        }
        var counter = Counter(encoding, cacheBits: 10)
        var room = counter.count(text) - (estimate.tokens - limit)
        while room >= 0 {
            let bytes = replaced(counter.truncate(text, toTokens: room))
            let shorter = try count(bytes)
            if shorter.tokens <= limit { return (bytes, shorter) }
            room -= shorter.tokens - limit
        }
        throw Failure(
            .final, code: "bad_row", message: "without its text the row still has more than \(limit) tokens")
    }

    private func replaced(_ shorter: String) -> Bytes {
        guard let range else { return Bytes(shorter) }
        var bytes = row.bytes[0..<range.lowerBound].array
        bytes.append(Bytes.quoted(shorter))
        bytes.append(row.bytes[range.upperBound..<row.bytes.count])
        return Bytes(bytes)
    }

    private static func text(of json: JSON, textField: String?) -> JSON? {
        if let textField { return json[textField] }
        switch json.kind {
        case .string: return json
        case .array: return inDialogue(json)
        default:
            let body = json["body"].flatMap { $0.kind == .object ? $0 : nil } ?? json
            if let messages = body["messages"] { return inDialogue(messages) }
            let candidates = [body["input"], body["prompt"], body["instruction"]]
            return candidates.compactMap(\.self).first { $0.kind == .string && $0.raw.count > 2 }
        }
    }

    /// The text of the last message of a user, or the last of a list of turns.
    private static func inDialogue(_ messages: JSON) -> JSON? {
        let elements = messages.elements
        if let last = elements.last, last.kind == .string { return last }
        let user = elements.last { $0["role"]?.string == "user" } ?? elements.last
        guard let content = user?["content"] else { return nil }
        return content.kind == .string ? content : content.elements.last { $0["text"] != nil }?["text"]
    }
}
