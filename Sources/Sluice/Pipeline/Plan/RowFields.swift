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
            switch member.text {
            case "model": model = member.value.kind == .string ? member.value : nil
            case "messages": messages = member.value
            case "prompt": prompt = member.value
            case "system_prompt": systemPrompt = member.value
            case "instruction": instruction = member.value
            case "input": input = member.value
            case "body": body = member.value
            case "url":
                url = member.value
                hasBatchFields = true
            case "custom_id", "method": hasBatchFields = true
            default: break
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
            let name = member.text
            if Self.structural.contains(name) || isResult && name == answerField { return false }
            return open || Self.wellKnown.contains(name)
        }
    }

    /// Never sent as parameters: the question itself, what identifies the row, what belongs to the caller, and
    /// streaming, which is the transport's affair.
    private static let structural: Set<String> = [
        "model", "messages", "prompt", "input", "metadata", "id", "custom_id", "index", "sluice", "stream",
        "stream_options",
    ]

    /// The parameters of the chat endpoint (PROVIDERS.md §1.2) that a row of columns may carry.
    private static let wellKnown: Set<String> = [
        "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens",
        "parallel_tool_calls", "presence_penalty", "reasoning_effort", "response_format", "seed", "service_tier",
        "stop", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "verbosity",
    ]
}
