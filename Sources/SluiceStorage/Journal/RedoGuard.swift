import SluiceCore

/// Stops a run that would ask, and pay for, many finished rows again because their rows have changed (F14).
struct RedoGuard {
    /// Answers that the output held at the start.
    let finished: Int
    /// Those of them that no row asks for any more.
    let stale: Int
    /// Rows that have no answer.
    let left: Int

    /// The rows that seem to be edited ones: answers left over while as many rows have none.
    var redone: Int { min(stale, left) }

    /// Lets at most 100 rows or a tenth of the finished ones be asked again.
    /// - Throws: ``SluiceError`` of code `configuration` with the numbers.
    func check(isAllowed: Bool) throws(SluiceError) {
        guard !isAllowed, redone > 100, redone * 10 > finished else { return }
        throw SluiceError(
            .configuration, "\(redone) of \(finished) finished rows have changed and would be asked again",
            hint: "check the input, --prompt, --system and --schema; add --redo if that is meant: "
                + "the old answers move to the stale file")
    }
}
