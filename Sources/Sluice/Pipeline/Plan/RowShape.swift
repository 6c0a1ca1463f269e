internal import SluiceCore
internal import SluiceProviders

/// Recognises what a row is (FEATURES.md F1–F5), row by row, and reads its question.
struct RowShape: Sendable {
    private let template: Template?
    private let image: ImagePart?
    private let system: String?
    private let textField: String?
    private let textFallback: String?
    private let answerField: String
    private let endpoint: Request.Endpoint?

    init(_ asking: Asking, template: Template?, image: ImagePart?) {
        self.template = template
        self.image = image
        system = asking.system
        textField = asking.textField
        textFallback = asking.textFallback
        answerField = asking.answerField
        endpoint = asking.endpoint
    }

    /// Reads the question of a row; `json` is nil for a line of plain text, `members` for all but objects.
    /// - Throws: ``Failure`` with the code `bad_row` if it has no shape that is known.
    func question(_ json: JSON?, _ members: JSON.Members?, line: Bytes) throws(Failure) -> Question {
        guard let json else {
            let quoted = Bytes.quoted(line.text)
            if let template { return try text(template.fill(Self.textRow(quoted)), system: quotedSystem) }
            return try text(quoted, system: quotedSystem)
        }
        if let template {
            switch json.kind {
            case .object: return try text(template.fill(json), of: json, system: quotedSystem)
            case .string: return try text(template.fill(Self.textRow(json.raw)), system: quotedSystem)
            default: throw Failure(.final, code: "bad_row", message: "a template needs rows with columns")
            }
        }
        switch json.kind {
        case .string: return try text(json.raw, system: quotedSystem)
        case .array: return try list(json)
        case .object: return try object(json, members ?? json.members)
        default: throw Failure(.final, code: "bad_row", message: "neither an object, a list nor a text")
        }
    }

    /// A user's text as the endpoint wants it: a message, or the text itself.
    private func text(_ text: Bytes, of row: JSON? = nil, system: Bytes?) throws(Failure) -> Question {
        guard let endpoint, endpoint != .chat else {
            guard let image else { return .text(text, system: system) }
            guard let row else {
                throw Failure(.final, code: "bad_row", message: "an image needs rows with columns")
            }
            return .text(try image.content(text, of: row), system: system)
        }
        guard image == nil else {
            throw Failure(.final, code: "bad_row", message: "the endpoint '\(endpoint.rawValue)' takes no images")
        }
        return try plain(text, count: 1, system: system, at: endpoint)
    }

    /// One text or a list of them for an endpoint that knows no messages.
    private func plain(
        _ texts: Bytes, count: Int, system: Bytes?, at endpoint: Request.Endpoint
    ) throws(Failure) -> Question {
        guard system == nil else {
            throw Failure(
                .final, code: "bad_row", message: "the endpoint '\(endpoint.rawValue)' takes no system message")
        }
        return Question(endpoint: endpoint, content: texts, turns: count)
    }

    private var quotedSystem: Bytes? { system.map(Bytes.quoted) }

    /// The one column of a bare text.
    static let textColumn = "text"

    /// A bare text as a row with one column, so that templates take it.
    private static func textRow(_ quoted: Bytes) -> JSON {
        var json = JSONBuilder(capacity: quoted.count + 16)
        json.beginObject()
        json.key(textColumn)
        json.raw(quoted)
        json.endObject()
        return JSON(trusted: Bytes(json.bytes))
    }

    private func list(_ json: JSON) throws(Failure) -> Question {
        let elements = json.elements
        // A result of the cookbook's script, [request, response, metadata]: messages have roles, these have none.
        if elements.count >= 2, elements[0].kind == .object, elements[0]["role"] == nil,
            elements[1]["role"] == nil, elements[0]["messages"] != nil
        {
            return try object(elements[0], elements[0].members)
        }
        if !elements.isEmpty, elements.allSatisfy({ $0.kind == .string }) {
            if let endpoint, endpoint != .chat {
                return try plain(json.raw, count: elements.count, system: quotedSystem, at: endpoint)
            }
            return .turns(elements.map(\.raw), system: quotedSystem)
        }
        return try .messages(json, system: system)
    }

    private func object(_ json: JSON, _ members: JSON.Members) throws(Failure) -> Question {
        let fields = RowFields(members)
        if let textField {
            guard let text = json[textField], text.kind == .string else {
                throw Failure(.final, code: "bad_row", message: "no text in column '\(textField)'")
            }
            return try self.text(text.raw, of: json, system: quotedSystem)
        }
        if let body = fields.body, body.kind == .object, fields.hasBatchFields {
            return try batch(body, url: fields.url?.string)
        }
        if let messages = fields.messages {
            // A bare list that was answered comes back under this name, so it may hold whatever such a list may.
            var question = try list(messages)
            question.model = fields.model?.string ?? question.model
            question.parameters += fields.parameters(open: fields.model != nil, answerField: answerField)
            if fields.model == nil { question.leftOut = fields.leftOut }
            return question
        }
        if let instruction = fields.instruction, instruction.kind == .string {
            // An empty input makes the instruction the user's message, as in the toolkit that this shape comes from.
            if let input = fields.input, input.kind == .string, input.raw.count > 2 {
                return try text(input.raw, of: json, system: quotedSystem ?? instruction.raw)
            }
            return try text(instruction.raw, of: json, system: quotedSystem)
        }
        if let prompt = fields.prompt, prompt.kind == .string {
            let own = fields.systemPrompt.flatMap { $0.kind == .string ? $0.raw : nil }
            var question = try text(prompt.raw, of: json, system: quotedSystem ?? own)
            question.model = fields.model?.string
            question.parameters = fields.parameters(open: false, answerField: answerField)
            question.leftOut = fields.leftOut
            return question
        }
        if fields.model != nil || endpoint == .embeddings, let input = fields.input {
            var question = Question(endpoint: .embeddings, content: input.raw, turns: max(1, input.elements.count))
            question.model = fields.model?.string
            question.parameters = fields.parameters(open: true, answerField: answerField)
            return question
        }
        if let textFallback, let text = json[textFallback], text.kind == .string {
            return try self.text(text.raw, of: json, system: quotedSystem)
        }
        throw Failure(
            .final, code: "bad_row",
            message: "no messages, prompt, instruction or body in the row (columns: \(fields.names))")
    }

    private func batch(_ body: JSON, url: String?) throws(Failure) -> Question {
        let endpoint = url.map { OpenAIRequest.endpoint(ofPath: $0) } ?? .chat
        guard let endpoint else {
            throw Failure(.final, code: "bad_row", message: "the url '\(url ?? "")' is not one that can be sent to")
        }
        let fields = RowFields(body.members)
        var question: Question
        switch endpoint {
        case .chat:
            guard let messages = fields.messages else {
                throw Failure(.final, code: "bad_row", message: "the body has no messages")
            }
            question = try .messages(messages, system: system)
        case .completions, .embeddings:
            guard let content = endpoint == .completions ? fields.prompt : fields.input else {
                throw Failure(.final, code: "bad_row", message: "the body has no '\(endpoint.field)'")
            }
            question = Question(content: content.raw, turns: max(1, content.elements.count))
        }
        question.endpoint = endpoint
        question.model = fields.model?.string
        question.parameters = fields.parameters(open: true, answerField: answerField)
        return question
    }
}
