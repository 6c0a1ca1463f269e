import SluiceCore

/// The rows that failed in the runs before, and that no run has come to since.
final class FormerFailures: Sendable {
    private let keys: Guarded<FinishedRows>
    private let answerField: [UInt8]
    private let onlyThose: Bool

    /// Reads them, once those of the last run are set aside; nil if they are asked like all others.
    init?(_ paths: OutputPaths, _ options: StartOptions) throws(SluiceError) {
        guard options.failedRows != .retry else { return nil }
        onlyThose = options.failedRows == .only
        let field = Array(options.answerField.utf8)
        answerField = field
        var keys = FinishedRows()
        for path in FailureFiles(paths).standing {
            let source = InputSource(.file(path))
            _ = try InputReader.read(source, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in false }) { line in
                guard !line.isTooLong, RowSyntax.defect(in: line.text, plainText: false) == nil else { return }
                keys.insert(
                    RowContent.key(of: line.text, answerField: field).asked(
                        of: options.models.isEmpty ? nil : AskedModel.of(failure: line.text)))
            }
        }
        self.keys = Guarded(keys)
    }

    /// Whether a row is to be asked of a model, or at all; of equal rows as many count as failed as have failed.
    func isWanted(_ row: Bytes, asked model: String?) -> Bool {
        let key = row.withUnsafeBytes { RowContent.key(of: $0, answerField: answerField) }.asked(of: model)
        return keys.withLock { $0.take(key) } == onlyThose
    }
}
