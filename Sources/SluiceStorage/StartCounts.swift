/// What the start of a run has found.
package struct StartCounts: Sendable, Equatable {
    /// What is in the input; nil if it can be read once only.
    package var input: InputCounts?
    /// Answers in the output that count.
    package var finished = 0
    /// Answers of models that are not asked, which stay.
    package var others = 0
    /// Answers to edited or removed rows, moved to the stale file.
    package var stale = 0
    /// Whether a redo of all answers goes on that an earlier run has begun.
    package var goesOnWithRedo = false
    /// Answers that were taken over from an output of another tool.
    package var taken = 0
    /// Damaged lines, moved to the state folder.
    package var torn = 0

    /// Counts of a new run.
    package init() {}

    /// Rows of the input that are still to be asked; nil if the input can be read once only.
    package var left: Int? { input.map { $0.rows - $0.alreadyDone } }
}
