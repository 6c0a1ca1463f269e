internal import SluiceStorage

/// What the start of a run has found, for people.
enum StartText {
    static func say(_ counts: StartCounts, _ onEvent: (RunEvent) -> Void) {
        if counts.finished > 0 {
            onEvent(RunEvent("going on: \(counts.finished) rows are answered already"))
        }
        if counts.torn > 0 {
            onEvent(RunEvent("\(counts.torn) torn lines of the output were moved to its state folder"))
        }
        if counts.stale > 0 {
            onEvent(
                RunEvent(
                    "\(counts.stale) answers to edited or removed rows were moved to stale.jsonl in the state folder"))
        }
        if let bad = counts.input?.firstBad {
            onEvent(RunEvent("\(counts.input?.bad ?? 0) bad lines; the first is line \(bad.line): \(bad.message)"))
        }
    }
}
