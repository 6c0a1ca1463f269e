/// What an output holds that was made from a journal.
package struct RenderCounts: Sendable, Equatable {
    /// Rows of the input, those that are no row included.
    package var rows = 0
    /// Rows with an answer.
    package var answered = 0
    /// Answers of the journal to rows that are not in the input.
    package var unused = 0
    /// Answers that name no model, and so are left out where others are of several.
    package var unnamed = 0

    /// Rows without an answer.
    package var missing: Int { rows - answered }

    /// Nothing yet.
    package init() {}
}
