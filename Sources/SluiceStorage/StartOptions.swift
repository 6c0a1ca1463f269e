package import SluiceCore

/// What must be known to start or resume a run.
package struct StartOptions: Sendable {
    /// Where the rows come from.
    package var input: InputSource
    /// Where the answers go.
    package var output: OutputTarget
    /// What the output looks like.
    package var form = OutputForm(.rows)
    /// The field that answers are written to.
    package var answerField = "output"
    /// Hashes what a row asks.
    package var hasher: RowHasher
    /// The models that every row is asked of; none where each is asked once.
    package var models: [String] = []
    /// The present, written into the lock.
    package var started: WallTime
    /// Whether lines that are no JSON are rows.
    package var plainText = true
    /// Longer lines, in bytes, are bad lines.
    package var lineLimit = 64 << 20
    /// Whether two rows with one id stop the run; if not, the later one gets another id.
    package var refusesDuplicates = true
    /// What to do about rows that failed before.
    package var failedRows = FailedRows.retry
    /// Whether many finished rows may be asked again because their rows have changed (`--redo`).
    package var allowsRedo = false
    /// What is asked again although it is finished (`--redo-all`): its answers move to the stale file, but those that were
    /// given since the same was begun.
    package var redo: Redo?

    /// Options with the defaults of the command line.
    package init(input: InputSource, output: OutputTarget, hasher: RowHasher, started: WallTime) {
        self.input = input
        self.output = output
        self.hasher = hasher
        self.started = started
    }
}
