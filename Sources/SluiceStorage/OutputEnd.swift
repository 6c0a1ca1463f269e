package import SluiceCore

/// What is done with the files of an output when its writer is closed.
///
/// Apart from the ``OutputStore``, whose lock must not last as long as a thread that does it.
package struct OutputEnd: Sendable {
    /// What became of answers in whose place there are newer ones.
    package struct Replaced: Sendable, Equatable {
        /// Moved to the stale file.
        package var moved = 0
        /// Still in the output, because they are so many that it has to be asked for.
        package var kept = 0

        /// There were none.
        package init() {}
    }

    private let paths: OutputPaths
    private let options: StartOptions
    private let rows: KnownRows
    private let counts: StartCounts
    private let size: Int

    /// - Parameter size: how many bytes of answers there were at the start.
    init(_ paths: OutputPaths, _ options: StartOptions, _ rows: KnownRows, _ counts: StartCounts, size: Int) {
        self.paths = paths
        self.options = options
        self.rows = rows
        self.counts = counts
        self.size = size
    }

    /// Writes down that a run has come to every row: nothing is left of a redo, and what failed before it is settled.
    ///
    /// Blocks.
    /// - Throws: ``SluiceError`` of code `io` or `disk`; the next run then finds more to go on with than there is.
    package func complete() throws(SluiceError) {
        try RedoNote(paths).end(options.models, paths)
        try FailureFiles(paths).settle(options.models)
    }

    /// Moves answers away whose rows came through a pipe with the same id and other content, and were answered anew.
    ///
    /// Blocks; no more rows may be asked about.
    /// - Throws: ``SluiceError`` of code `io` or `disk`; no answer is lost then, but some ids have two.
    package func moveReplaced() throws(SluiceError) -> Replaced {
        var replaced = Replaced()
        // A file's rows are known before the run, and so are the answers that none of them asks for.
        guard counts.input == nil, size > 0 else { return replaced }
        var untaken = rows.giveUntaken()
        (replaced.moved, replaced.kept) = try ReplacedAnswers(paths, start: size).move(
            &untaken, finished: counts.finished + counts.others, isAllowed: options.allowsRedo)
        return replaced
    }
}
