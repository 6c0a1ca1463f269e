public import SluiceCore

extension SimulatorOptions {
    /// What one account may use; nil where there is no limit.
    ///
    /// The requests per second are meant as a second, hidden limit on bursts: they are never announced in headers.
    public struct AccountLimits: Sendable, Equatable {
        /// Requests per minute.
        public var requestsPerMinute: Double?
        /// Tokens per minute, prompt and answer together.
        public var tokensPerMinute: Double?
        /// Requests per second; a bucket for it is never deeper than a second.
        public var requestsPerSecond: Double?
        /// Requests per day.
        public var requestsPerDay: Double?
        /// Tokens per day, prompt and answer together.
        public var tokensPerDay: Double?
        /// Tokens of prompts per minute.
        public var inputTokensPerMinute: Double?
        /// Tokens of answers per minute.
        public var outputTokensPerMinute: Double?
        /// Requests in flight at once.
        public var concurrency: Int?
        /// How the limits per minute and per second are enforced.
        public var window = WindowModel.bucket(depth: .seconds(1))
        /// How the limits per day are enforced.
        public var dayWindow = WindowModel.fixed
        /// How single limits are enforced that differ from the others.
        public var windows: [RateDimension: WindowModel] = [:]

        /// No limits, unless said otherwise.
        public init(
            requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, requestsPerSecond: Double? = nil,
            requestsPerDay: Double? = nil, tokensPerDay: Double? = nil, inputTokensPerMinute: Double? = nil,
            outputTokensPerMinute: Double? = nil, concurrency: Int? = nil,
            window: WindowModel = .bucket(depth: .seconds(1)), dayWindow: WindowModel = .fixed
        ) {
            self.requestsPerMinute = requestsPerMinute
            self.tokensPerMinute = tokensPerMinute
            self.requestsPerSecond = requestsPerSecond
            self.requestsPerDay = requestsPerDay
            self.tokensPerDay = tokensPerDay
            self.inputTokensPerMinute = inputTokensPerMinute
            self.outputTokensPerMinute = outputTokensPerMinute
            self.concurrency = concurrency
            self.window = window
            self.dayWindow = dayWindow
        }

        /// Limits that are buckets of this depth.
        public init(
            requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil, requestsPerSecond: Double? = nil,
            bucketDepth: TimeSpan, concurrency: Int? = nil
        ) {
            self.init(
                requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute,
                requestsPerSecond: requestsPerSecond, concurrency: concurrency, window: .bucket(depth: bucketDepth))
        }

        /// The limit of a dimension, if it has one; the number of requests in flight is rounded down.
        public subscript(_ dimension: RateDimension) -> Double? {
            get {
                switch dimension {
                case .requestsPerSecond: requestsPerSecond
                case .requestsPerMinute: requestsPerMinute
                case .requestsPerDay: requestsPerDay
                case .tokensPerMinute: tokensPerMinute
                case .inputTokensPerMinute: inputTokensPerMinute
                case .outputTokensPerMinute: outputTokensPerMinute
                case .tokensPerDay: tokensPerDay
                case .concurrency: concurrency.map(Double.init)
                }
            }
            set {
                switch dimension {
                case .requestsPerSecond: requestsPerSecond = newValue
                case .requestsPerMinute: requestsPerMinute = newValue
                case .requestsPerDay: requestsPerDay = newValue
                case .tokensPerMinute: tokensPerMinute = newValue
                case .inputTokensPerMinute: inputTokensPerMinute = newValue
                case .outputTokensPerMinute: outputTokensPerMinute = newValue
                case .tokensPerDay: tokensPerDay = newValue
                case .concurrency: concurrency = newValue.map { Int(min($0, 1e15)) }
                }
            }
        }

        /// How a dimension is enforced.
        func window(_ dimension: RateDimension) -> WindowModel {
            let model = windows[dimension] ?? (dimension.isDaily ? dayWindow : window)
            switch (dimension, model) {
            case (.requestsPerSecond, .bucket(let depth)): return .bucket(depth: min(depth, .seconds(1)))
            case (.requestsPerSecond, .quanta(let length)): return .quanta(min(length, .seconds(1)))
            default: return model
            }
        }

        var isValid: Bool {
            let rates = RateDimension.allCases.compactMap { self[$0] }
            return rates.allSatisfy { $0 > 0 && $0 <= 1e15 } && (concurrency ?? 1) >= 1 && window.isValid
                && dayWindow.isValid && windows.values.allSatisfy(\.isValid)
        }
    }
}
