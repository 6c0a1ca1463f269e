internal import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage
internal import SluiceTransport

/// The way of a record, stage by stage: the table of contents of the program.
///
/// | stage  | in → out                                                             | folder  |
/// |--------|----------------------------------------------------------------------|---------|
/// | read   | bytes → `Record`                                                     | Read/   |
/// | plan   | `Record` → `Plan`: done before, a request to send, or a bad row      | Plan/   |
/// | admit  | `Plan` → `Permit` for one attempt: key, limits, ramp                 | Admit/  |
/// | send   | `Permit` → `Reply`                                                   | Send/   |
/// | judge  | `Reply` → accept, again, park, retire, give up                       | Judge/  |
/// | record | `Outcome` → a durable line                                           | Record/ |
/// | report | `Outcome` → counters, events                                         | Report/ |
///
/// A slot carries one record at a time through all of them in straight-line code. There are no queues between the
/// stages, so memory follows the slots and not the file.
struct Pipeline: Sendable {
    let read: ReadStage
    let plan: PlanStage
    let admit: Admission
    let send: SendStage
    let judge: JudgeStage
    let record: RecordStage
    let report: Tally

    let state: RunState
    let gate: DiskGate
    let settings: Settings

    /// What the stages are told beside their own settings.
    struct Settings: Sendable {
        let slots: Int
        let maxAttempts: Int
        let rowDeadline: TimeSpan
        let stopsAtFirstFailure: Bool
        let now: @Sendable () -> Now
        let backoff: Jitter
    }

    /// Runs all slots to the end of the input, or until the run is stopped.
    ///
    /// A task group looks through its children when one ends, so a group of 100,000 would end in quadratic time:
    /// the slots are in groups of a few hundred.
    func run(on executor: any TaskExecutor) async {
        let inner = 256
        await withDiscardingTaskGroup { group in
            for first in stride(from: 0, to: settings.slots, by: inner) {
                group.addTask(executorPreference: executor) {
                    await withDiscardingTaskGroup { group in
                        for _ in first..<min(first + inner, settings.slots) {
                            group.addTask(executorPreference: executor) { await slot() }
                        }
                    }
                }
            }
        }
    }

    /// One slot: carries records from the first stage to the last until there are none.
    private func slot() async {
        while let item = await read.next() {
            do throws(SluiceError) {
                switch try plan.plan(item) {
                case .done:
                    report.update { $0.doneBefore += 1 }
                case .fail(let row, let line, let bytes, let failure):
                    try await fail(row, line: line, bytes: bytes, failure)
                case .send(let row, let order):
                    guard read.maySend() else {
                        report.update { $0.left += 1 }
                        continue
                    }
                    try await carry(row, order)
                }
            } catch {
                report.update { $0.left += 1 }
                state.halt(.error(error))
            }
        }
    }

    /// Admit, send, judge until the row has an outcome; then record and report it.
    private func carry(_ row: Row, _ order: Plan.Order) async throws(SluiceError) {
        switch await deliver(order) {
        case .answered(let answer, let way):
            try await record.answered(row, answer, way)
            report.answered(answer, at: settings.now().mono)
        case .failed(let failure):
            try await fail(row, line: row.line, bytes: row.bytes, failure)
        case .left:
            report.update { $0.left += 1 }
        }
    }

    private func fail(_ row: Row?, line: Int, bytes: Bytes?, _ failure: Failure) async throws(SluiceError) {
        try await record.failed(row, line: line, bytes: bytes, failure)
        report.failed(failure, at: settings.now().mono)
        if settings.stopsAtFirstFailure { state.halt(.firstFailure) }
    }
}
