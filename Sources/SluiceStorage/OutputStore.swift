package import SluiceCore

/// An output that a run may write to: locked, repaired, compared with the input.
///
/// It holds the lock until it goes away or the process ends.
package final class OutputStore: Sendable {
    /// What the start has found.
    package let counts: StartCounts
    /// The files of the output; nil for a stream.
    package let paths: OutputPaths?
    /// What is known of the rows of the input.
    package let rows: KnownRows
    /// Where the rows are read from: the input, or a copy of it.
    package var source: InputSource { options.input }

    /// What is done once the writer is closed; nil for a stream.
    package let end: OutputEnd?

    private let options: StartOptions

    private var target: OutputTarget { options.output }
    private let lock: OutputLock?

    init(_ options: StartOptions, lock: OutputLock?, rows: KnownRows, counts: StartCounts) {
        self.options = options
        self.lock = lock
        self.rows = rows
        self.counts = counts
        paths = options.output.paths
        end = paths.map {
            OutputEnd($0, options, rows, counts, size: FileStatus.of($0.answers)?.size ?? 0)
        }
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
