internal import SluiceCore
internal import SluiceScheduling

/// One request of a row, judged and settled.
struct Attempt: Sendable {
    let judgement: Judgement
    let charge: Charge
    let grant: Grant
    let sent: Instant
    let ended: Instant

    var isAnswer: Bool {
        if case .accept = judgement.next { true } else { false }
    }
}
