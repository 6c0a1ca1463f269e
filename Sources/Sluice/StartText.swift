internal import SluiceStorage

/// What the start of a run has found, for people.
enum StartText {
    static func say(_ counts: StartCounts, redoesAll: Bool, _ onEvent: (RunEvent) -> Void) {
        if counts.taken > 0 {
            onEvent(RunEvent("answers taken over from the output that was there: \(counts.taken)"))
        }
        if counts.goesOnWithRedo {
            onEvent(RunEvent("going on with --redo-all: answered since it was begun: \(counts.finished)"))
        } else if counts.finished > 0 {
            onEvent(RunEvent("going on: answered before: \(counts.finished)"))
        }
        if counts.others > 0 {
            onEvent(RunEvent("answers of models that are not asked, which stay: \(counts.others)"))
        }
        if counts.torn > 0 {
            onEvent(RunEvent("torn lines of the output, moved to its state folder: \(counts.torn)"))
        }
        if counts.stale > 0 {
            onEvent(
                RunEvent(
                    "answers \(redoesAll ? "that are asked for again" : "to changed or missing rows"), "
                        + "moved to stale.jsonl: \(counts.stale)"))
        }
        if let input = counts.input, input.rows == 0, input.bad == 0 {
            onEvent(RunEvent("the input has no rows"))
        }
        if let input = counts.input, let bad = input.firstBad {
            onEvent(RunEvent("bad lines: \(input.bad), the first is line \(bad.line): \(bad.message)"))
        }
    }
}
