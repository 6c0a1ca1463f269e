/// How far the start of a run has come; for people.
package struct StartProgress: Sendable, Equatable {
    /// What is being read.
    package enum Step: Sendable {
        /// The finished rows.
        case output
        /// The rows of the input.
        case input
    }

    /// What is being read.
    package let step: Step
    /// The bytes read so far.
    package let bytes: Int
    /// The size of the file.
    package let total: Int
}
