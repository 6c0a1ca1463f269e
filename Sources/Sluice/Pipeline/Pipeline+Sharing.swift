internal import SluiceCore
internal import SluiceStorage

extension Pipeline {
    /// Finds the answer of a row that others may share: one that is stored, that of a row which asks the same, or the
    /// provider's.
    ///
    /// Not in line, nor what it calls: a slot would keep room for all of it even where no row shares anything.
    @inline(never)
    func answer(_ passage: Passage) async -> Outcome {
        // The answer was kept for others, and its line says it all.
        defer { passage.accepted = nil }
        guard let asked = passage.order.asked, asked.isShared else { return await ownAnswer(passage) }
        let key = SharedRequests.Key(question: asked.question, samples: asked.samples.count)
        switch await share.requests.join(key) {
        case .take(let answer): return given(answer, passage)
        case .alone: return await ownAnswer(passage)
        case .lead:
            let outcome = await ownAnswer(passage)
            share.requests.finish(key, with: passed(outcome, passage))
            return outcome
        }
    }

    /// The stored answer, else the provider's, which is then stored.
    ///
    /// It is in the cache before anybody is told of it, so that whoever asks the same later finds it there.
    @inline(never)
    private func ownAnswer(_ passage: Passage) async -> Outcome {
        if let answer = await share.stored(passage) { return given(answer, passage) }
        let outcome = await deliver(passage)
        await share.keep(passage)
        return outcome
    }

    private func given(_ answer: SharedAnswer, _ passage: Passage) -> Outcome {
        .given(line: record.line(passage.row, passage.order, answer.answer, .given(answer)), answer)
    }

    /// What a leader's outcome is to those who follow it; nil if they get nothing of it.
    private func passed(_ outcome: Outcome, _ passage: Passage) -> SharedAnswer? {
        switch outcome {
        case .given(_, let answer): answer
        case .answered:
            passage.accepted.map { accepted in
                SharedAnswer(
                    answer: share.completed(accepted.answer, passage), source: .row,
                    model: send.name(of: passage.order.model, at: accepted.account))
            }
        case .failed, .left: nil
        }
    }
}
