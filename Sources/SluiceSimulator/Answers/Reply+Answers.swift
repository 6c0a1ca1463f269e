import SluiceCore

extension Reply {
    /// The answer to a question that was let through; `created` is in seconds since 1970.
    init(_ question: Question, _ verdict: Verdict, number: Int, created: Int) {
        var body = JSONBuilder(capacity: 1024 + verdict.outputTokens * 4)
        body.beginObject()
        switch question.endpoint {
        case .chat:
            body.identify(question, number, created: created, isStreamed: false)
            body.key("choices")
            body.appendChoices(question, verdict) { body, text in
                body.key("message")
                body.beginObject()
                body.key("role")
                body.value("assistant")
                body.key("content")
                body.value(text)
                body.key("refusal")
                body.null()
                body.endObject()
            }
            body.appendUsage(question, verdict)
            body.key("service_tier")
            body.value("default")
            body.key("system_fingerprint")
            body.value("fp_simulated")
        case .completions:
            body.identify(question, number, created: created, isStreamed: false)
            body.key("choices")
            body.appendChoices(question, verdict) { body, text in
                body.key("text")
                body.value(text)
            }
            body.appendUsage(question, verdict)
        case .embeddings:
            body.appendEmbeddings(question)
        case .models, .metrics:
            break
        }
        body.endObject()
        self.init(status: 200, body: body.bytes)
    }

    /// The list of models.
    init(models: [String], created: Int) {
        var body = JSONBuilder()
        body.beginObject()
        body.key("object")
        body.value("list")
        body.key("data")
        body.beginArray()
        for model in models.isEmpty ? ["simulated-model"] : models {
            body.beginObject()
            body.key("id")
            body.value(model)
            body.key("object")
            body.value("model")
            body.key("created")
            body.value(created)
            body.key("owned_by")
            body.value("sluice")
            body.endObject()
        }
        body.endArray()
        body.endObject()
        self.init(status: 200, body: body.bytes)
    }
}

extension JSONBuilder {
    /// What answers and chunks of chats and completions begin with.
    mutating func identify(_ question: Question, _ number: Int, created: Int, isStreamed: Bool) {
        let isChat = question.endpoint == .chat
        key("id")
        value((isChat ? "chatcmpl-sim" : "cmpl-sim") + String(number))
        key("object")
        value(isChat ? isStreamed ? "chat.completion.chunk" : "chat.completion" : "text_completion")
        key("created")
        value(created)
        key("model")
        value(question.model)
    }

    /// The choice of prompt i and sample j has the index i × n + j.
    fileprivate mutating func appendChoices(
        _ question: Question, _ verdict: Verdict, _ content: (inout JSONBuilder, String) -> Void
    ) {
        beginArray()
        for place in question.prompts.indices {
            for sample in 0..<question.choices {
                beginObject()
                key("index")
                value(place * question.choices + sample)
                content(&self, question.text(prompt: place, sample: sample, tokens: verdict.answerTokens))
                key("logprobs")
                null()
                key("finish_reason")
                value(verdict.isCutShort ? "length" : "stop")
                endObject()
            }
        }
        endArray()
    }

    /// What was used, as a member.
    mutating func appendUsage(_ question: Question, _ verdict: Verdict) {
        key("usage")
        beginObject()
        key("prompt_tokens")
        value(question.promptTokens)
        key("completion_tokens")
        value(verdict.outputTokens)
        key("total_tokens")
        value(question.promptTokens + verdict.outputTokens)
        key("prompt_tokens_details")
        beginObject()
        key("cached_tokens")
        value(0)
        endObject()
        key("completion_tokens_details")
        beginObject()
        key("reasoning_tokens")
        value(0)
        endObject()
        endObject()
    }

    fileprivate mutating func appendEmbeddings(_ question: Question) {
        key("object")
        value("list")
        key("data")
        beginArray()
        for (place, text) in question.prompts.enumerated() {
            let vector = Embedding(
                of: text.raw, dimensions: question.dimensions ?? Embedding.usualDimensions)
            beginObject()
            key("object")
            value("embedding")
            key("index")
            value(place)
            key("embedding")
            if question.wantsBase64 {
                value(vector.base64)
            } else {
                beginArray()
                for number in vector.values { value(Double(number)) }
                endArray()
            }
            endObject()
        }
        endArray()
        key("model")
        value(question.model)
        key("usage")
        beginObject()
        key("prompt_tokens")
        value(question.promptTokens)
        key("total_tokens")
        value(question.promptTokens)
        endObject()
    }
}
