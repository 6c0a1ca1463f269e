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
        _ options: RunOptions, form: OutputForm, writer: DurableWriter, store: OutputStore,
        onEvent: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.writer = writer
        self.onEvent = onEvent
        answers = AnswerLine(field: options.asking.answerField, save: options.save, keepsRequest: form.needsRequest)
        keepsFailures = store.paths != nil
    }

    /// Gives up what waits for room on a full disk: the run is to end at once.
    func abandon() { writer.stopWaitingForRoom() }

    /// The line of an answered row.
    func line(_ row: Row, _ order: Plan.Order, _ answer: Answer, _ way: AnswerLine.Way) -> [UInt8] {
        answers.line(row, answer, way, request: order.body)
    }

    /// The line of a failed row, or nil if there is no errors file.
    func line(_ row: Row?, line: Int, bytes: Bytes?, _ failure: Failure) -> [UInt8]? {
        keepsFailures ? FailureLine.line(row, line: line, bytes: bytes, failure) : nil
    }

    /// Writes a line, and returns when it is safe.
    func write(_ line: [UInt8], to channel: DurableWriter.Channel) async throws(SluiceError) {
        try await writer.append(line, to: channel)
    }

    /// Shows a failure that no file keeps: a row that leaves no trace would be a lost one.
    func show(_ failure: Failure, line: Int) {
        onEvent(RunEvent("line \(line) failed: \(failure.message)", isError: true))
    }
}
