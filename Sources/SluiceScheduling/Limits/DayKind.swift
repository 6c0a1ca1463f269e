/// What a day can be limited in.
package enum DayKind: Int, Sendable, Hashable, CaseIterable {
    /// Requests.
    case requests
    /// Tokens of prompts and answers.
    case tokens
    /// Money, in picodollars.
    case money

    /// The limit in words.
    var name: String {
        switch self {
        case .requests: "requests per day"
        case .tokens: "tokens per day"
        case .money: "spend per day"
        }
    }
}
