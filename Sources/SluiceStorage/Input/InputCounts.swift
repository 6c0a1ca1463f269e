package import SluiceCore

/// What one pass over the input has found before anything is sent.
package struct InputCounts: Sendable, Equatable {
    /// Rows, the bad lines not among them; one that is asked of several models counts for each.
    package var rows = 0
    /// Lines that cannot be a row.
    package var bad = 0
    /// The first of them.
    package var firstBad: BadLine?
    /// What tells the input from others; nil for a folder.
    package var fingerprint: InputFingerprint?
    /// Rows that an earlier run has finished.
    package var alreadyDone = 0

    /// Counts of an input without lines.
    package init() {}
}

extension InputCounts {
    /// Counts the rows of a source as a run would.
    /// - Throws: ``SluiceError`` as the start of a run does: duplicate ids, a file that cannot be read.
    package static func of(
        _ source: InputSource, hasher: RowHasher, models: [String] = []
    ) throws(SluiceError) -> InputCounts {
        var none = FinishedRows()
        let scan = InputScan(source, plainText: true, lineLimit: 64 << 20, hasher: hasher, models: models)
        return try scan.run(&none) { _ in false } ?? InputCounts()
    }
}
