internal import SluiceCore

/// The members of a row that give it its shape, found in one walk.
struct RowFields {
    private(set) var model: JSON?
    private(set) var messages: JSON?
    private(set) var prompt: JSON?
    private(set) var systemPrompt: JSON?
    private(set) var instruction: JSON?
    private(set) var input: JSON?
    private(set) var body: JSON?
    private(set) var url: JSON?
    private(set) var hasBatchFields = false
    private let members: [JSON.Member]

    init(_ row: JSON) {
        members = row.members
        for member in members {
            let value = member.value
            // Compared in place: a string of each name would cost more than all these comparisons.
            if member.isNamed("model") {
                model = value.kind == .string ? value : nil
            } else if member.isNamed("messages") {
                messages = value
            } else if member.isNamed("prompt") {
                prompt = value
            } else if member.isNamed("system_prompt") {
                systemPrompt = value
            } else if member.isNamed("instruction") {
                instruction = value
            } else if member.isNamed("input") {
                input = value
            } else if member.isNamed("body") {
                body = value
            } else if member.isNamed("url") {
                url = value
                hasBatchFields = true
            } else if member.isNamed("custom_id") || member.isNamed("method") {
                hasBatchFields = true
            }
        }
    }

    /// The names of the row's columns, for messages.
    var names: String { members.map(\.text).prefix(12).joined(separator: ", ") }

    /// The members that are parameters of the request.
    /// - Parameters:
    ///   - open: Whether the row is a request body, all of which is sent; else only well-known parameters are.
    ///   - answerField: The field of an earlier answer, which is not sent again.
    func parameters(open: Bool, answerField: String) -> [JSON.Member] {
        let isResult = members.contains { $0.isNamed("sluice") && $0.value.kind == .object }
        return members.filter { member in
            if Self.structural.contains(where: { member.isNamed($0) }) { return false }
            if isResult, member.hasName(answerField) { return false }
            return open || Self.wellKnown.contains { member.isNamed($0) }
        }
    }

    /// Never sent as parameters: the question itself, what identifies the row, what belongs to the caller, and
    /// streaming, which is the transport's affair.
    private static let structural: [StaticString] = [
        "model", "messages", "prompt", "input", "metadata", "id", "custom_id", "index", "sluice", "stream",
        "stream_options",
    ]

    /// The parameters of the chat endpoint (PROVIDERS.md §1.2) that a row of columns may carry.
    private static let wellKnown: [StaticString] = [
        "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens",
        "parallel_tool_calls", "presence_penalty", "reasoning_effort", "response_format", "seed", "service_tier",
        "stop", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "verbosity",
    ]
}
