package import SluiceCore

/// An output that a run may write to: locked, repaired, compared with the input.
///
/// It holds the lock until it goes away or the process ends.
package final class OutputStore: Sendable {
    /// What the start has found.
    package let counts: StartCounts
    /// The files of the output; nil for a stream.
    package let paths: OutputPaths?

    /// Where the rows are read from: the input, or a copy of it.
    package let source: InputSource

    private let target: OutputTarget
    private let lock: OutputLock?
    private let finished: Guarded<FinishedRows>
    private let hasFinished: Bool
    private let ids: IDSet?
    private let former: FormerFailures?

    init(
        _ source: InputSource, target: OutputTarget, lock: OutputLock?, finished: consuming FinishedRows,
        former: FormerFailures?,
        counts: StartCounts,
        watchesIDs: Bool
    ) {
        self.source = source
        self.target = target
        self.lock = lock
        self.former = former
        self.counts = counts
        if case .file(let paths) = target { self.paths = paths } else { paths = nil }
        hasFinished = finished.count > 0
        self.finished = Guarded(finished)
        ids = watchesIDs ? IDSet() : nil
    }

    /// Whether a row that has just been read was finished by an earlier run.
    ///
    /// Of equal rows as many are done as there are answers, so each row may be asked about once.
    package func isDone(_ hash: RowHash) -> Bool {
        hasFinished && finished.withLock { $0.take(hash) }
    }

    /// Whether a row may be asked although, or because, it failed before.
    ///
    /// The row must be valid JSON or plain text, and each may be asked about once.
    package func isWanted(_ row: Bytes) -> Bool { former?.isWanted(row) ?? true }

    /// Whether a row's id has not come before; with a file as input the scan has seen to that already.
    package func isNew(_ id: RowIdentity) -> Bool {
        ids?.insert(id) ?? true
    }

    /// Opens the output and its errors file for writing.
    ///
    /// The writer must be closed before the store goes away. Parameters and errors are those of ``DurableWriter``.
    package func makeWriter(
        options: WriterOptions = WriterOptions(), clock: @escaping @Sendable () -> Instant,
        onDisk: @escaping @Sendable (DiskEvent) -> Void = { _ in }
    ) throws(SluiceError) -> DurableWriter {
        try DurableWriter(target, options: options, clock: clock, onDisk: onDisk)
    }
}
