internal import SluiceCore
internal import SluiceStorage

/// Makes outcomes durable: each becomes one line, and the slot goes on when the line is safe.
///
/// So what SIGKILL, or a power cut, can cost is bounded by the slots: an answer whose line is not yet on the disk
/// still occupies the slot that it came through.
struct RecordStage: Sendable {
    private let writer: DurableWriter
    private let answers: AnswerLine
    private let keepsFailures: Bool
    private let onEvent: @Sendable (RunEvent) -> Void

    init(
        _ options: RunOptions, writer: DurableWriter, store: OutputStore,
        onEvent: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.writer = writer
        self.onEvent = onEvent
        answers = AnswerLine(field: options.asking.answerField, save: options.save)
        keepsFailures = store.paths != nil
    }

    /// Gives up what waits for room on a full disk: the run is to end at once.
    func abandon() { writer.stopWaitingForRoom() }

    /// Writes an answered row.
    func answered(_ row: Row, _ answer: Answer, _ way: AnswerLine.Way) async throws(SluiceError) {
        try await writer.append(answers.line(row, answer, way), to: .output)
    }

    /// Writes a failed row.
    func failed(_ row: Row?, line: Int, bytes: Bytes?, _ failure: Failure) async throws(SluiceError) {
        guard keepsFailures else {
            // A stream has no errors file; a row that leaves no trace would be a lost one.
            return onEvent(RunEvent("line \(line) failed: \(failure.message)", isError: true))
        }
        try await writer.append(FailureLine.line(row, line: line, bytes: bytes, failure), to: .errors)
    }
}
