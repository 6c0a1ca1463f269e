import SluiceCore

extension SimulatorOptions {
    /// How often a request that would be answered goes wrong instead, as fractions of 1.
    public struct FaultRates: Sendable, Equatable {
        /// Refused with 500 `server_error`.
        public var serverError: Double
        /// Refused with 503, overloaded.
        public var unavailable: Double
        /// The connection is reset before the first byte of a reply.
        public var reset: Double
        /// Refused with 429 although no limit is reached.
        public var tooManyRequests: Double

        /// No faults, unless said otherwise.
        public init(
            serverError: Double = 0, unavailable: Double = 0, reset: Double = 0, tooManyRequests: Double = 0
        ) {
            self.serverError = serverError
            self.unavailable = unavailable
            self.reset = reset
            self.tooManyRequests = tooManyRequests
        }

        /// The same as rules: what is drawn for a request depends on the request alone, not on those before it; `pause` is
        /// what a refusal says about when to come back, or nil if it says nothing.
        func rules(pause: TimeSpan?) -> [FaultRule] {
            let faults: [(Double, Fault.Kind)] = [
                (serverError, .error(.usual(500))), (unavailable, .error(.usual(503, retryAfter: pause))),
                (reset, .reset(.before)), (tooManyRequests, .error(.usual(429, retryAfter: pause))),
            ]
            return faults.compactMap { rate, kind in rate > 0 ? FaultRule(.init(rate: rate), kind) : nil }
        }

        var isValid: Bool {
            let rates = [serverError, unavailable, reset, tooManyRequests]
            // Ten tenths add up to a little less or more than one.
            return rates.allSatisfy { (0...1).contains($0) } && rates.reduce(0, +) <= 1 + 1e-9
        }
    }
}
