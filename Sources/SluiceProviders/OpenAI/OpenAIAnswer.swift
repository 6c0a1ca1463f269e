package import SluiceCore

/// The answer side of OpenAI's dialect (PROVIDERS.md §1.3, §1.5, §1.7): finds the few fields that are needed.
package enum OpenAIAnswer {
    private static let null = Bytes("null")

    /// Reads a reply with status 200.
    /// - Returns: The answer, or nil if the reply is not JSON or has none of the shapes of an answer.
    package static func decode(_ body: Bytes) -> Answer? {
        (try? JSON.parse(body.withoutByteOrderMark)).flatMap(read)
    }

    /// Reads a reply that is known to be valid JSON, as one that was read before.
    package static func read(_ json: JSON) -> Answer? {
        guard json.kind == .object else { return nil }
        var choices: JSON?
        var data: JSON?
        var model: JSON?
        var usage: JSON?
        var service: JSON?
        var isBroken = false
        json.forEachMember { member in
            if member.isNamed("choices") {
                choices = member.value
            } else if member.isNamed("usage") {
                usage = member.value
            } else if member.isNamed("model") {
                model = member.value
            } else if member.isNamed("data") {
                data = member.value
            } else if member.isNamed("service_tier") {
                service = member.value
            } else if member.isNamed("error") {
                isBroken = saysError(member.value)
            }
        }
        // What went wrong half-way stands beside what there was until then.
        if isBroken { return nil }
        var texts: [Bytes] = []
        var message: Bytes?
        var finish: String?
        choices?.forEachElement { choice in
            let read = part(choice)
            if texts.isEmpty {
                guard let read else { return false }
                message = read.message
                finish = read.finish
            }
            texts.append(read?.text ?? null)
            return true
        }
        if texts.isEmpty, let data, data.first?["embedding"] != nil {
            texts = data.elements.map { $0["embedding"]?.raw ?? null }
        }
        guard let text = texts.count > 1 ? list(texts) : texts.first else { return nil }
        return Answer(
            text: text, message: message, response: json.raw, model: model?.string, finish: finish,
            usage: usage.flatMap(self.usage), serviceTier: service?.string)
    }

    private static func part(_ choice: JSON) -> (text: Bytes, message: Bytes?, finish: String?)? {
        var message: JSON?
        var text: JSON?
        var finish: String?
        // OpenRouter puts what went wrong half-way into the choice, other relays name it as the reason of the end.
        var isBroken = false
        choice.forEachMember { member in
            if member.isNamed("message") {
                message = member.value
            } else if member.isNamed("text") {
                text = member.value
            } else if member.isNamed("finish_reason") {
                finish = member.value.string
            } else if member.isNamed("error") {
                isBroken = !member.value.isNull
            }
        }
        if isBroken || finish == "error" { return nil }
        if let message, message.kind == .object {
            var content: JSON?
            message.forEachMember { if $0.isNamed("content") { content = $0.value } }
            return (content.map(self.text) ?? null, message.raw, finish)
        }
        guard let text, text.kind == .string else { return nil }
        return (text.raw, nil, finish)
    }

    /// Whether what is called an error is one: some gateways send an empty one with every answer.
    private static func saysError(_ json: JSON) -> Bool {
        switch json.kind {
        case .object: json.members.contains { _ in true }
        case .string: json.raw.count > 2
        default: false
        }
    }

    /// The text of a message's content: of a list of parts, as some gateways send it, the texts joined; of what a tool made
    /// an object or a number, its JSON, since it was paid for; null stays null.
    private static func text(_ content: JSON) -> Bytes {
        var json = JSONBuilder()
        switch content.kind {
        case .string, .null: return content.raw
        case .array: json.value(content.elements.compactMap { $0["text"]?.string ?? $0.string }.joined())
        case .object, .number, .bool: json.value(content.raw.text)
        }
        return Bytes(json.bytes)
    }

    private static func list(_ texts: [Bytes]) -> Bytes {
        var json = JSONBuilder()
        json.beginArray()
        for text in texts { json.raw(text) }
        json.endArray()
        return Bytes(json.bytes)
    }

    private static func usage(_ json: JSON) -> Usage? {
        guard json.kind == .object else { return nil }
        var usage = Usage()
        json.forEachMember { member in
            if member.isNamed("prompt_tokens") {
                usage.input = count(member.value)
            } else if member.isNamed("completion_tokens") {
                usage.output = count(member.value)
            } else if member.isNamed("prompt_tokens_details") {
                member.value.forEachMember { detail in
                    if detail.isNamed("cached_tokens") {
                        usage.cached = count(detail.value)
                    } else if detail.isNamed("cache_write_tokens") {
                        usage.cacheWrites = count(detail.value)
                    }
                }
            } else if member.isNamed("prompt_cache_hit_tokens") {
                usage.cached = count(member.value)  // DeepSeek's name
            } else if member.isNamed("cache_creation_input_tokens") {
                usage.cacheWrites = count(member.value)  // what proxies of Anthropic pass on
            } else if member.isNamed("completion_tokens_details") {
                usage.reasoning = 0
                member.value.forEachMember { if $0.isNamed("reasoning_tokens") { usage.reasoning = count($0.value) } }
            }
        }
        return usage
    }

    /// A number of tokens, which some clones write as a string; capped, so that sums over a run never overflow.
    private static func count(_ json: JSON) -> Int {
        let count = json.int ?? json.string.flatMap { Int($0) } ?? json.double.flatMap { Int(exactly: $0.rounded()) }
        return min(max(0, count ?? 0), 1 << 40)
    }
}
