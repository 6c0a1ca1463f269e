/// What a server says of itself: how much it has to do.
package struct ServerGauges: Sendable, Equatable {
    /// Requests that it works at, whoever sent them.
    package var running: Double
    /// Requests that wait until it has room for them.
    package var waiting: Double
    /// The share of its key-value cache that is in use, 0 to 1; nil if it does not say.
    package var cacheUse: Double?

    /// What a server says.
    package init(running: Double, waiting: Double, cacheUse: Double? = nil) {
        self.running = running
        self.waiting = waiting
        self.cacheUse = cacheUse
    }
}
