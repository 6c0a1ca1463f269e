public import SluiceCore

extension FaultRule {
    /// What a request must be to meet a fault; all that is set must hold.
    public struct Condition: Sendable, Equatable {
        /// The end of its key.
        public var key: String?
        /// What its body must contain, as it was sent; a number at the end must not go on with more digits.
        public var prompt: String?
        /// The time since the first request of all; nothing before it meets the fault.
        public var after: TimeSpan?
        /// Its place, from 1, among the requests that the key, the prompt and the time are true of.
        public var nth: ClosedRange<Int>?
        /// The fraction of requests, 0 to 1, drawn from the seed and ``ProviderRequest/content``.
        public var rate: Double?

        /// A condition; every request meets one in which nothing is set.
        public init(
            rate: Double? = nil, key: String? = nil, prompt: String? = nil, nth: ClosedRange<Int>? = nil,
            after: TimeSpan? = nil
        ) {
            self.rate = rate
            self.key = key
            self.prompt = prompt
            self.nth = nth
            self.after = after
        }

        var isValid: Bool {
            (0...1).contains(rate ?? 0) && (nth?.lowerBound ?? 1) >= 1 && (after ?? .zero) >= .zero
                && key != "" && prompt != ""
        }

        /// Whether key, prompt and time are right.
        func concerns(_ request: ProviderRequest, since start: TimeSpan) -> Bool {
            if let after, start < after { return false }
            if let key, !request.key.utf8.reversed().starts(with: key.utf8.reversed()) { return false }
            return prompt.map { Self.isNamed($0, in: request.body) } ?? true
        }

        private static func isNamed(_ prompt: String, in body: Bytes) -> Bool {
            var words = prompt
            return words.withUTF8 { words in
                guard let first = words.first, let last = words.last else { return false }
                return body.withUnsafeBytes { body in
                    guard body.count >= words.count else { return false }
                    for start in 0...body.count - words.count where body[start] == first {
                        let end = start + words.count
                        guard body[start..<end].elementsEqual(words) else { continue }
                        let goesOn = last &- 0x30 < 10 && end < body.count && body[end] &- 0x30 < 10
                        if !goesOn { return true }
                    }
                    return false
                }
            }
        }
    }
}
