package import SluiceCore

/// How a ``DurableWriter`` writes.
package struct WriterOptions: Sendable {
    /// When a line counts as written; a stream is never synced.
    package var durability: Durability = .sync
    /// How long to wait for room on a full disk before the lines in hand are given up.
    package var diskWait: TimeSpan = .seconds(600)
    /// How often a full disk is tried again, and at most how often it is checked that the output is still there.
    package var retryEvery: TimeSpan = .seconds(1)

    /// The defaults.
    package init() {}
}
