import SluiceCore

/// Stops a run that would take many answers out of the output, and perhaps pay for them again (F14).
///
/// Answers that no row asks for any more belong to rows that were edited or removed, or the input is another one.
struct RedoGuard {
    /// Answers that the output held at the start.
    let finished: Int
    /// Those of them that no row asks for any more.
    let stale: Int

    /// Whether that is more than 100 answers and a tenth of them.
    var isExceeded: Bool { stale > 100 && stale * 10 > finished }

    /// Lets at most 100 answers or a tenth of them be moved away.
    /// - Throws: ``SluiceError`` of code `configuration` with the numbers.
    func check(isAllowed: Bool) throws(SluiceError) {
        guard !isAllowed, isExceeded else { return }
        throw SluiceError(
            .configuration,
            "\(stale) of the \(finished) answers in the output are to rows that were changed or are not in this input",
            hint: "check the input, --prompt and --system, or choose another -o; add --redo if that is meant: "
                + "those answers then move to stale.jsonl and changed rows are asked again")
    }
}
