internal import SluiceCore
internal import SluiceScheduling

/// What a run waits for at a moment: there is always something.
struct Waiting: Sendable, Equatable {
    /// What it is, the same as long as it lasts.
    let cause: String
    /// The same with how long it still takes, where that is known.
    let text: String

    init(_ text: String) {
        cause = text
        self.text = text
    }

    init(_ wait: AdmissionMachine.Wait) {
        cause = wait.causeText
        text = wait.text
    }
}
