internal import SluiceCore

/// The members of a row that give it its shape, found in one walk.
struct RowFields {
    /// Where the members stand: a copy of each would count references that are never looked at.
    private struct Places {
        var model: Int?
        var messages: Int?
        var prompt: Int?
        var systemPrompt: Int?
        var instruction: Int?
        var input: Int?
        var body: Int?
        var url: Int?
    }

    private let members: JSON.Members
    private var places = Places()
    private(set) var hasBatchFields = false

    init(_ members: JSON.Members) {
        self.members = members
        for (index, member) in members.enumerated() {
            // Compared in place: a string of each name would cost more than all these comparisons.
            if member.isNamed("model") {
                places.model = member.value.kind == .string ? index : nil
            } else if member.isNamed("messages") {
                places.messages = index
            } else if member.isNamed("prompt") {
                places.prompt = index
            } else if member.isNamed("system_prompt") {
                places.systemPrompt = index
            } else if member.isNamed("instruction") {
                places.instruction = index
            } else if member.isNamed("input") {
                places.input = index
            } else if member.isNamed("body") {
                places.body = index
            } else if member.isNamed("url") {
                places.url = index
                hasBatchFields = true
            } else if member.isNamed("custom_id") || member.isNamed("method") {
                hasBatchFields = true
            }
        }
    }

    var model: JSON? { value(places.model) }
    var messages: JSON? { value(places.messages) }
    var prompt: JSON? { value(places.prompt) }
    var systemPrompt: JSON? { value(places.systemPrompt) }
    var instruction: JSON? { value(places.instruction) }
    var input: JSON? { value(places.input) }
    var body: JSON? { value(places.body) }
    var url: JSON? { value(places.url) }

    private func value(_ place: Int?) -> JSON? { place.map { members[$0].value } }

    /// The names of the row's columns, for messages.
    var names: String { members.map(\.text).prefix(12).joined(separator: ", ") }

    /// The members that are parameters of the request.
    /// - Parameters:
    ///   - open: Whether the row is a request body, all of which is sent; else only well-known parameters are.
    ///   - answerField: The field of an earlier answer, which is not sent again.
    func parameters(open: Bool, answerField: String) -> [JSON.Member] {
        let isResult = members.contains { $0.isNamed("sluice") && $0.value.kind == .object }
        return members.filter { member in
            if Self.isStructural(member) { return false }
            if isResult, member.hasName(answerField) { return false }
            return open || isParameter(member)
        }
    }

    /// The first member of a row of columns that looks like a parameter and is not sent.
    var leftOut: JSON.Member? {
        let index = members.withPlaces { places, text in
            places.firstIndex { place in
                let length = place.name.count
                guard length < Self.lookalikes.count else { return false }
                // Beside a dialogue `n` is a parameter.
                if length == 1, messages != nil { return false }
                return Self.lookalikes[length].contains { place.isWritten($0, in: text) }
            }
        }
        return index.map { members[$0] }
    }

    private func isParameter(_ member: JSON.Member) -> Bool {
        // Beside a dialogue it is the number of answers; beside a prompt it may as well be the row's own number.
        if messages != nil, member.isNamed("n") { return true }
        return Self.wellKnown.contains { member.isNamed($0) }
    }

    /// Never sent as parameters: the question itself, what identifies the row, what belongs to the caller, and
    /// streaming, which is the transport's affair.
    private static func isStructural(_ member: JSON.Member) -> Bool {
        member.isNamed("model") || member.isNamed("messages") || member.isNamed("prompt") || member.isNamed("input")
            || member.isNamed("metadata") || member.isNamed("id") || member.isNamed("custom_id")
            || member.isNamed("index") || member.isNamed("sluice") || member.isNamed("stream")
            || member.isNamed("stream_options")
    }

    /// The parameters of the chat endpoint (PROVIDERS.md §1.2) that a row of columns may carry.
    private static let wellKnown: [StaticString] = [
        "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens",
        "parallel_tool_calls", "presence_penalty", "reasoning_effort", "response_format", "seed", "service_tier",
        "stop", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "verbosity",
    ]

    /// Names that are hardly anything but parameters: older ones of the chat endpoint, and those of vLLM and its like;
    /// by their length, since every member of every row is looked up.
    private static let lookalikes: [[StaticString]] = {
        var byLength: [[StaticString]] = []
        for name in lookalikeNames {
            while byLength.count <= name.utf8CodeUnitCount { byLength.append([]) }
            byLength[name.utf8CodeUnitCount].append(name)
        }
        return byLength
    }()

    private static let lookalikeNames: [StaticString] = [
        "best_of", "chat_template_kwargs", "enable_thinking", "extra_body", "function_call", "functions",
        "guided_choice", "guided_grammar", "guided_json", "guided_regex", "ignore_eos", "length_penalty", "min_p",
        "min_tokens", "modalities", "n", "repetition_penalty", "stop_token_ids", "thinking", "top_k",
        "web_search_options",
    ]
}
