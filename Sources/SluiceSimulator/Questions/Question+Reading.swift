import SluiceCore

extension Question {
    /// Reads a body; `deployment` is the model that the path names, if it does.
    /// - Throws: the refusal, with status 400.
    init(_ endpoint: Endpoint, body: Bytes, deployment: () -> String?) throws(Refusal) {
        self.endpoint = endpoint
        let json: JSON
        do {
            json = try JSON.parse(body)
        } catch {
            throw Refusal(400, "We could not parse the JSON body of your request: \(error).")
        }
        guard json.kind == .object else { throw Refusal(400, "The body of your request must be a JSON object.") }
        var fields = Fields()
        json.forEachMember { fields.take($0) }
        if let name = fields.model?.string ?? deployment(), !name.isEmpty {
            model = name
        } else {
            throw .missing("model")
        }
        try readStream(fields.stream, fields.streamOptions)
        maxTokens = try Self.whole(fields.maxTokens, "max_tokens", in: 1...1_000_000_000)
        choices = try Self.whole(fields.choices, "n", in: 1...Self.mostChoices) ?? 1
        switch endpoint {
        case .chat: try readMessages(fields.messages)
        case .completions:
            try readPrompts(fields.prompt, "prompt")
            try Self.check(choices * prompts.count, "n", "answers", most: Self.mostAnswers)
        case .embeddings:
            dimensions = try Self.whole(fields.dimensions, "dimensions", in: 1...65_536)
            wantsBase64 = fields.encoding?.string == "base64"
            try readPrompts(fields.input, "input")
            let numbers = (dimensions ?? Embedding.usualDimensions) * prompts.count
            try Self.check(numbers, "dimensions", "numbers", most: Self.mostNumbers)
        case .models, .metrics: break
        }
        hash = ContentHash.of(body) ^ ContentHash.of(Bytes(model))
    }

    /// The members of a body that are looked at.
    private struct Fields {
        var model: JSON?
        var messages: JSON?
        var prompt: JSON?
        var input: JSON?
        var stream: JSON?
        var streamOptions: JSON?
        var maxTokens: JSON?
        var choices: JSON?
        var dimensions: JSON?
        var encoding: JSON?

        mutating func take(_ member: JSON.Member) {
            switch member.text {
            case "model": model = member.value
            case "messages": messages = member.value
            case "prompt": prompt = member.value
            case "input": input = member.value
            case "stream": stream = member.value
            case "stream_options": streamOptions = member.value
            case "max_tokens", "max_completion_tokens": if !member.value.isNull { maxTokens = member.value }
            case "n": choices = member.value
            case "dimensions": dimensions = member.value
            case "encoding_format": encoding = member.value
            default: break
            }
        }
    }

    private mutating func readStream(_ stream: JSON?, _ options: JSON?) throws(Refusal) {
        if let stream, !stream.isNull {
            guard let flag = stream.bool else { throw .invalidType("stream", "a boolean") }
            streams = flag && endpoint != .embeddings
        }
        guard let options, !options.isNull else { return }
        guard streams else {
            throw Refusal(
                400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                param: "stream_options")
        }
        includesUsage = options["include_usage"]?.bool == true
    }

    private mutating func readMessages(_ messages: JSON?) throws(Refusal) {
        guard let messages else { throw .missing("messages") }
        guard messages.kind == .array else { throw .invalidType("messages", "an array of objects") }
        let all = messages.elements
        guard !all.isEmpty else {
            throw Refusal(400, "Invalid 'messages': empty array.", param: "messages", code: "empty_array")
        }
        var last: JSON?
        for (index, message) in all.enumerated() {
            guard message.kind == .object else { throw .invalidType("messages[\(index)]", "an object") }
            guard let role = message["role"] else { throw .missing("messages[\(index)].role") }
            if role.string == "user", let content = message["content"] { last = content }
        }
        promptTokens = Self.tokens(messages)
        prompts = [last.map(Self.text) ?? messages]
        item = last.flatMap { ItemMark(in: $0.raw) } ?? ItemMark(in: messages.raw)
    }

    private mutating func readPrompts(_ value: JSON?, _ name: String) throws(Refusal) {
        guard let value else { throw .missing(name) }
        switch value.kind {
        case .string: prompts = [value]
        case .array:
            let elements = value.elements
            // A list of numbers is one prompt that was turned into tokens before.
            prompts = elements.first?.kind == .number ? [value] : elements
            guard prompts.allSatisfy({ $0.kind == .string || $0.kind == .array }) else {
                throw .invalidType(name, "a string, or an array of strings or of tokens")
            }
        default: throw .invalidType(name, "a string or an array")
        }
        guard !prompts.isEmpty, prompts.count <= Self.mostPrompts else {
            throw Refusal(
                400, "Invalid '\(name)': it must have between 1 and \(Self.mostPrompts) elements.", param: name,
                code: "invalid_value")
        }
        promptTokens = Self.tokens(value)
        item = ItemMark(in: value.raw)
    }

    /// The text of a message: the content itself, or its first part that has one.
    private static func text(_ content: JSON) -> JSON {
        guard content.kind == .array else { return content }
        for part in content.elements {
            if let text = part["text"], text.kind == .string { return text }
        }
        return content
    }

    /// Refuses what is more altogether than one request may ask for.
    private static func check(_ count: Int, _ name: String, _ things: String, most: Int) throws(Refusal) {
        guard count > most else { return }
        throw Refusal(
            400, "Invalid '\(name)': the request asks for \(count) \(things) in all, at most \(most) are allowed.",
            param: name, code: "invalid_value")
    }

    /// A quarter of the bytes, rounded up.
    private static func tokens(_ value: JSON) -> Int { (value.raw.count + 3) / 4 }

    private static func whole(_ value: JSON?, _ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.int else { throw .invalidType(name, "an integer") }
        guard range.contains(number) else {
            throw Refusal(
                400,
                "Invalid '\(name)': expected a value between \(range.lowerBound) and \(range.upperBound), got \(number).",
                param: name, code: "invalid_value")
        }
        return number
    }
}
