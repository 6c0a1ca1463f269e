package import SluiceCore

/// How a ``DurableWriter`` writes.
package struct WriterOptions: Sendable {
    /// When a line counts as written; a stream is never synced.
    package var durability: Durability = .sync
    /// How long to wait for room on a full disk before the lines in hand are given up.
    package var diskWait: TimeSpan = .seconds(600)
    /// How often a full disk is tried again, and at most how often it is checked that the output is still there.
    package var retryEvery: TimeSpan = .seconds(1)
    /// How long to let lines gather before the next group, while several come at once; a lone line never waits.
    ///
    /// Fewer and larger groups cost less of the system's time on a disk that syncs in microseconds. Zero lets the
    /// duration of the sync alone decide.
    package var gather: TimeSpan = .zero

    /// The defaults.
    package init() {}
}
