internal import SluiceCore
internal import SluiceTokens

/// Cuts the text of a row so that its prompt has no more than so many tokens.
///
/// What is cut is the longest text that a user asks: of the template's columns, of the column of `--text-field`, of the
/// users' messages, of prompts and inputs, or the line itself. Everything else of the row stays byte for byte as it is.
struct RowCut {
    private let row: Row
    /// Where the text stands in the row's bytes; nil for a line of plain text.
    private let range: Range<Int>?
    private let text: String

    /// - Parameter columns: The columns of the template, if there is one.
    /// - Throws: ``Failure`` if the row has no text that could be cut.
    init(_ row: Row, _ asking: Asking, columns: [String]?) throws(Failure) {
        self.row = row
        guard let json = row.json else {
            range = nil
            text = row.bytes.text
            return
        }
        let candidates = Self.texts(of: json, asking, columns: columns).filter { $0.kind == .string }
        guard let value = candidates.max(by: { $0.raw.count < $1.raw.count }), let text = value.string else {
            throw Failure(.final, code: Self.code, message: "too long, with no text in the row that could be cut")
        }
        self.text = text
        let start = value.raw.lower - row.bytes.lower
        range = start..<start + value.raw.count
    }

    /// The row with a shorter text, and its tokens.
    /// - Parameters:
    ///   - estimator: Counts and cuts texts as the row's model does.
    ///   - count: Counts a row.
    /// - Throws: ``Failure`` if the rest of the row alone has more tokens.
    func cut(
        to limit: Int, _ estimate: TokenEstimate, _ estimator: inout ChatTokenEstimator,
        _ count: (Bytes) throws(Failure) -> TokenEstimate
    ) throws(Failure) -> (Bytes, TokenEstimate) {
        var room = estimator.tokens(text) - (estimate.tokens - limit)
        var tokens = estimate.tokens
        while room >= 0 {
            let bytes = replaced(estimator.truncate(text, toTokens: room))
            let shorter = try count(bytes)
            if shorter.tokens <= limit { return (bytes, shorter) }
            // The text is not in the prompt, or what is left of it counts for nothing.
            guard shorter.tokens < tokens else { break }
            tokens = shorter.tokens
            room -= tokens - limit
        }
        throw Failure(
            .final, code: Self.code, message: "without its longest text the row still has more than \(limit) tokens")
    }

    private static let code = "context_length_exceeded"

    private func replaced(_ shorter: String) -> Bytes {
        guard let range else { return Bytes(shorter) }
        var bytes = row.bytes[0..<range.lowerBound].array
        bytes.append(Bytes.quoted(shorter))
        bytes.append(row.bytes[range.upperBound..<row.bytes.count])
        return Bytes(bytes)
    }

    /// What of a row may be cut, by its shape (``RowShape``).
    private static func texts(of json: JSON, _ asking: Asking, columns: [String]?) -> [JSON] {
        switch json.kind {
        case .string: return [json]
        case .array: return inDialogue(json.first?["messages"] ?? json)
        default:
            if let columns { return columns.compactMap { json[$0] } }
            if let field = asking.textField { return [json[field]].compactMap(\.self) }
            let fields = RowFields(json.members)
            if let body = fields.body, body.kind == .object, fields.hasBatchFields {
                return inObject(RowFields(body.members))
            }
            let own = inObject(fields)
            return own.isEmpty ? [asking.textFallback.flatMap { json[$0] }].compactMap(\.self) : own
        }
    }

    /// What of an object becomes the user's text: the first of its kinds of text, as a row is recognised.
    private static func inObject(_ fields: RowFields) -> [JSON] {
        if let messages = fields.messages { return inDialogue(messages) }
        if let instruction = fields.instruction, instruction.kind == .string {
            // An input beside an instruction is the user's, unless it is empty.
            if let input = fields.input, input.kind == .string, input.raw.count > 2 { return [input] }
            return [instruction]
        }
        guard let text = fields.prompt ?? fields.input else { return [] }
        return text.kind == .array ? text.elements : [text]
    }

    /// The texts of users' messages, or of a user's turns.
    private static func inDialogue(_ messages: JSON) -> [JSON] {
        let elements = messages.elements
        if elements.first?.kind == .string { return elements.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) }
        return elements.filter { $0["role"]?.string == "user" }.flatMap { message -> [JSON] in
            guard let content = message["content"] else { return [] }
            return content.kind == .string ? [content] : content.elements.compactMap { $0["text"] }
        }
    }
}
