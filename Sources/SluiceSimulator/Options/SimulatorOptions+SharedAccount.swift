extension SimulatorOptions {
    /// Keys that belong together: they share one quota, as the keys of an organisation do.
    public struct SharedAccount: Sendable, Equatable {
        /// A name for people.
        public var name: String
        /// Its keys.
        public var keys: [String]
        /// What it may use, or nil for what every account may.
        public var limits: AccountLimits?

        /// Keys that share a quota.
        public init(_ name: String, keys: [String], limits: AccountLimits? = nil) {
            self.name = name
            self.keys = keys
            self.limits = limits
        }
    }
}
