internal import SluiceCore
internal import SluiceStorage

/// Rows that may have killed the process: some are left out of this run, some are asked after all others and few at once.
final class Quarantine: Sendable {
    /// What becomes of a row that is to be asked.
    enum Place {
        case line
        case apart
        case leftOut(Failure)
    }

    /// A row that waits for the end of the run, with the memory that it will need.
    struct Apart: Sendable {
        let row: Row
        let order: Plan.Order
        let room: MemoryGate.Room
    }

    private struct State {
        /// With the most deaths first, once they are asked: those at the end have their turn.
        var apart: [Apart] = []
        var isSorted = false
        /// Slots that ask them.
        var asking = 0
        /// The most deaths that any has met which was asked; 0 before the first.
        var level = 0
        /// Slots that have not come to the end of the input.
        var slots: Int
        /// What the next run is told if this one ends in good order.
        var remaining: Suspects
        /// Rows that this run leaves out.
        var leftOut: Set<RowHash> = []
    }

    /// An eighth of the suspects are asked at once: the next death leaves so many, and their turn takes eight times
    /// that of a row.
    private static let part = 8

    private let suspects: Suspects
    private let paths: OutputPaths?
    private let note: InFlightNote?
    private let state: Guarded<State>

    /// Begins to note the rows in flight; blocks.
    ///
    /// Where no note can be kept the run goes on without: it is worth less than the answers.
    /// - Parameter slots: Rows that are carried at once.
    init(_ suspects: Suspects, paths: OutputPaths?, slots: Int, _ onEvent: (RunEvent) -> Void) {
        self.suspects = suspects
        self.paths = paths
        state = Guarded(State(slots: slots, remaining: suspects.remaining))
        do throws(SluiceError) {
            note = try paths.map { paths throws(SluiceError) in try InFlightNote(paths, rows: slots) }
        } catch {
            note = nil
            onEvent(RunEvent("rows that kill the process would not be found: \(error.message)", isError: true))
        }
        guard suspects.hasRepeated else { return }
        onEvent(
            RunEvent(
                "the process died several times in a row while the same rows were being asked: they are asked last, "
                    + "or in the next run"))
    }

    /// Whether a row is asked, and when.
    func place(of row: Row) -> Place {
        guard !suspects.isEmpty, suspects.isKeptApart(row.hash) else { return .line }
        guard suspects.isQuarantined(row.hash) else { return .apart }
        state.withLock { state in
            state.remaining.release(row.hash)
            state.leftOut.insert(row.hash)
        }
        return .leftOut(
            Failure(
                .retry, code: "quarantined",
                message: "the process died \(suspects.deaths(row.hash)) times in a row while this row was being asked; "
                    + "the next run asks it again, after all others"))
    }

    /// Keeps a row for the end of the run.
    func keepApart(_ row: Row, _ order: Plan.Order, _ room: MemoryGate.Room) {
        state.withLock { state in
            state.apart.append(Apart(row: row, order: order, room: room))
            state.isSorted = false
        }
    }

    /// Takes note that a slot has come to the end of the input; returns whether it goes on with rows that were kept apart.
    ///
    /// The last slots do: then hardly any other row is in flight.
    func keepsSlot() -> Bool {
        guard !suspects.isEmpty else { return false }
        return state.withLock { state in
            state.slots -= 1
            let isKept = state.slots < max(Suspects.few, state.apart.count / Self.part)
            if isKept { state.asking += 1 }
            return isKept
        }
    }

    /// The next of the rows that were kept apart; nil if the slot that asks them is done.
    ///
    /// Those that were there at every death come last, and only once none of the others is in flight: so each death leaves
    /// fewer of them, also where a row kills before those beside it are answered.
    func next() -> Apart? {
        state.withLock { state in
            if !state.isSorted {
                state.apart.sort { suspects.deaths($0.row.hash) > suspects.deaths($1.row.hash) }
                state.isSorted = true
            }
            guard let last = state.apart.last else {
                state.asking -= 1
                return nil
            }
            let deaths = suspects.deaths(last.row.hash)
            if state.level > 0, deaths > state.level, state.asking > 1 || state.slots > 0 {
                state.asking -= 1
                return nil
            }
            state.level = max(state.level, deaths)
            return state.apart.popLast()
        }
    }

    /// Takes note that a row which was kept apart was asked, and the process lived on.
    func acquit(_ row: Row) { state.withLock { $0.remaining.acquit(row.hash) } }

    /// Notes that a row is sent.
    func begin(_ passage: Passage) { passage.cell = note?.add(passage.row.hash) }

    /// Notes that it is in flight no more.
    func end(_ passage: Passage) {
        guard let cell = passage.cell else { return }
        note?.clear(cell)
        passage.cell = nil
    }

    /// Writes down what is known of suspects, as the run ends in good order; blocks.
    /// - Parameter isComplete: Whether it has come to every row, so that the other suspects are answered or gone.
    func close(isComplete: Bool) {
        note?.close()
        guard let paths, !suspects.isEmpty else { return }
        let remaining = state.withLock { state in
            if isComplete { state.remaining.keep(state.leftOut) }
            return state.remaining
        }
        remaining.write(paths)
    }

    /// Ends the note of a run that could not begin.
    func abandon() { note?.close() }
}
