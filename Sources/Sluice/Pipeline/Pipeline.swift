internal import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage
internal import SluiceTransport

/// The way of a record, stage by stage: the table of contents of the program.
///
/// | stage  | in → out                                                             | folder  |
/// |--------|----------------------------------------------------------------------|---------|
/// | read   | bytes → `Record`, planned on the reading thread, then held back for memory | Read/   |
/// | plan   | `Record` → `Plan`: done before, a request to send, or a bad row      | Plan/   |
/// | share  | `Plan` → an answer that is stored, or that another row is waiting for | Share/ |
/// | admit  | `Plan` → `Permit` for one attempt: key, limits, ramp                 | Admit/  |
/// | send   | `Permit` → `Reply`                                                   | Send/   |
/// | judge  | `Reply` → accept, again, park, retire, give up                       | Judge/  |
/// | record | `Outcome` → a durable line                                           | Record/ |
/// | report | `Outcome` → counters, events                                         | Report/ |
///
/// A slot carries one record at a time through all of them in straight-line code. There are no queues between the
/// stages, so memory follows the slots and not the file.
final class Pipeline: Sendable {
    let read: ReadStage
    let plan: PlanStage
    let share: ShareStage
    let admit: Admission
    let send: SendStage
    let judge: JudgeStage
    let purse: Purse
    let record: RecordStage
    let report: Tally

    let state: RunState
    /// Closed while there is no room for what slots would bring back.
    let disk: Gate
    let memory: MemoryGate
    let quarantine: Quarantine
    /// Opened when an endpoint fails what it is sent: it is then tried by rows that have not failed yet, which those in the
    /// other slots all may have, however few these are.
    let spare: Gate
    /// Sends second requests; nil without them.
    let hedger: Hedger?
    let settings: Settings

    /// What the stages are told beside their own settings.
    struct Settings: Sendable {
        /// Rows that are carried at once, at least as many as may be in flight.
        let slots: Int
        /// Slots beyond these, which carry rows only once an endpoint fails.
        let spareSlots: Int
        /// One for each try of ten minutes and more.
        static let mostSpareSlots = 64
        let maxAttempts: Int
        let rowDeadline: TimeSpan
        let stopsAtFirstFailure: Bool
        let now: @Sendable () -> Now
        let backoff: Jitter
        /// Told of each row that goes from one model to another, and why.
        let onFallback: @Sendable (_ from: String, _ to: String, _ reason: String) -> Void
    }

    init(
        read: ReadStage, plan: PlanStage, share: ShareStage, admit: Admission, send: SendStage, judge: JudgeStage,
        purse: Purse, record: RecordStage, report: Tally, state: RunState, disk: Gate, memory: MemoryGate,
        quarantine: Quarantine, spare: Gate, hedger: Hedger?, settings: Settings
    ) {
        self.read = read
        self.plan = plan
        self.share = share
        self.admit = admit
        self.send = send
        self.judge = judge
        self.purse = purse
        self.record = record
        self.report = report
        self.state = state
        self.disk = disk
        self.memory = memory
        self.quarantine = quarantine
        self.spare = spare
        self.hedger = hedger
        self.settings = settings
    }

    /// Runs all slots to the end of the input, or until the run is stopped.
    ///
    /// A task group looks through its children when one ends, so a group of 100,000 would end in quadratic time:
    /// the slots are in groups of a few hundred.
    func run(on executor: any TaskExecutor) async {
        let inner = 256
        let all = settings.slots + settings.spareSlots
        await withDiscardingTaskGroup { group in
            for first in stride(from: 0, to: all, by: inner) {
                group.addTask(executorPreference: executor) {
                    await withDiscardingTaskGroup { group in
                        for number in first..<min(first + inner, all) {
                            group.addTask(executorPreference: executor) {
                                await self.slot(isSpare: number >= self.settings.slots)
                            }
                        }
                    }
                }
            }
        }
    }

    /// One slot: carries records from the first stage to the last until there are none.
    private func slot(isSpare: Bool) async {
        if isSpare { await spare.wait() }
        while true {
            let (beginning, room) = await begin()
            let written: Int
            switch beginning {
            case .done: written = 0
            case .ended(let outcome): written = await finish(outcome)
            case .send(let passage):
                written = await finish(passage.order.asked == nil ? deliver(passage) : answer(passage))
                giveBack(passage)
            case .noMore:
                spare.open()
                return admit.drain()
            }
            read.release(room, written: written)
        }
    }

    /// What follows from the plan of a row.
    private enum Beginning {
        /// There is nothing more to do for now.
        case done
        case ended(Outcome)
        case send(Passage)
        case noMore
    }

    /// Takes the next row; not in line, so that none stays in the frames that a slot keeps while it waits.
    @inline(never)
    private func begin() async -> (Beginning, MemoryGate.Room) {
        guard let reading = await read.next() else {
            hedger?.beginTail()
            if quarantine.keepsSlot() { await askThoseApart() }
            return (.noMore, MemoryGate.Room.none)
        }
        return (begin(reading), reading.room)
    }

    /// Asks the rows that were kept apart, one after the other; their memory was given back for the time.
    private func askThoseApart() async {
        while let apart = quarantine.next() {
            await memory.wait(for: apart.room)
            let passage = Passage(apart.row, apart.order, replyRoom: apart.room.reply)
            let outcome = passage.order.asked == nil ? await deliver(passage) : await answer(passage)
            if case .left = outcome {} else { quarantine.acquit(apart.row) }
            let written = await finish(outcome)
            giveBack(passage)
            read.release(apart.room, written: written)
        }
    }

    private func begin(_ reading: ReadStage.Reading) -> Beginning {
        do throws(SluiceError) {
            switch try reading.row.plan(by: plan) {
            case .done:
                report.update { $0.doneBefore += 1 }
                return .done
            case .leave: return .ended(.left)
            case .fail(let row, let line, let bytes, let failure):
                return .ended(failed(row, line: line, bytes: bytes, failure))
            case .send(let row, let order):
                switch quarantine.place(of: row) {
                case .line: return begin(row, order, reading)
                case .apart:
                    quarantine.keepApart(row, order, reading.room)
                    return .done
                case .leftOut(let failure):
                    return .ended(failed(row, line: row.line, bytes: row.bytes, failure))
                }
            }
        } catch {
            state.halt(.error(error))
            return .ended(.left)
        }
    }

    private func begin(_ row: Row, _ order: Plan.Order, _ reading: ReadStage.Reading) -> Beginning {
        let found = reading.row.found
        if case .answer(let answer) = found { return .ended(given(answer, row, order)) }
        let passage = Passage(row, order, replyRoom: reading.room.reply)
        if reading.row.order == nil { share.noteLate(order) }
        if case .nothing = found { passage.isKnownMissing = share.isMissing(order) }
        return .send(passage)
    }

    /// The outcome of a failed row.
    func failed(_ row: Row?, line: Int, bytes: Bytes?, _ failure: Failure) -> Outcome {
        .failed(line: record.line(row, line: line, bytes: bytes, failure), number: line, asked: row?.asked, failure)
    }

    /// Makes an outcome durable, then reports it; returns the length of its line.
    @inline(never)
    private func finish(_ outcome: Outcome) async -> Int {
        do throws(SluiceError) {
            switch outcome {
            case .answered(let line, _, _, _, _), .given(let line, _, _): try await record.write(line, to: .output)
            case .failed(let line?, _, _, _): try await record.write(line, to: .errors)
            case .failed(nil, let number, _, let failure): record.show(failure, line: number)
            case .left: break
            }
            note(outcome)
        } catch {
            if case .answered(_, _, _, _, let charge) = outcome { report.lost(charge) }
            note(.left)
            state.halt(.error(error))
        }
        return outcome.lineLength
    }

    @inline(never)
    private func note(_ outcome: Outcome) {
        switch outcome {
        case .answered(_, let asked, let usage, let finish, let charge):
            report.answered(asked: asked, usage: usage, finish: finish, charge: charge, at: settings.now().mono)
        case .given(_, let asked, let answer):
            report.given(answer, asked: asked, at: settings.now().mono)
        case .failed(_, _, let asked, let failure):
            report.failed(failure, asked: asked, at: settings.now().mono)
            if settings.stopsAtFirstFailure { state.halt(.firstFailure) }
        case .left:
            report.update { $0.left += 1 }
        }
    }
}
