internal import SluiceCore
internal import SluiceStorage

extension Pipeline {
    /// Finds the answer of a row that others may share: one that is stored, that of a row which asks the same, or the
    /// provider's.
    ///
    /// Not in line, nor what it calls: a slot would keep room for all of it even where no row shares anything.
    @inline(never)
    func answer(_ passage: Passage) async -> Outcome {
        if !share.leads(passage) {
            switch await share.join(passage) {
            case .take(let answer): return given(answer, passage.row, passage.order)
            case .alone: return await ownAnswer(passage)
            case .lead: break
            }
        }
        let outcome = share.isStoring ? await ownAnswer(passage) : await deliver(passage)
        tell(outcome, passage)
        return outcome
    }

    /// The stored answer, else the provider's, which is then stored.
    ///
    /// It is in the cache before anybody is told of it, so that whoever asks the same later finds it there.
    @inline(never)
    private func ownAnswer(_ passage: Passage) async -> Outcome {
        var outcome: Outcome
        repeat {
            passage.isToBeLookedUp = false
            if !passage.isKnownMissing, let answer = await share.stored(passage) {
                return given(answer, passage.row, passage.order)
            }
            passage.isKnownMissing = false
            outcome = await deliver(passage)
        } while passage.isToBeLookedUp
        await share.keep(passage)
        return outcome
    }

    /// The outcome of a row that gets an answer which was there already.
    @inline(never)
    func given(_ answer: SharedAnswer, _ row: Row, _ order: Plan.Order) -> Outcome {
        let way = AnswerLine.Way.given(answer, truncated: order.truncated)
        if way.truncated > 0 { report.update { $0.truncated += 1 } }
        return .given(line: record.line(row, order, answer.answer, way), asked: row.asked, answer)
    }

    /// Tells those who follow a row what it has got.
    @inline(never)
    private func tell(_ outcome: Outcome, _ passage: Passage) {
        share.finish(passage) {
            switch outcome {
            case .given(_, _, let answer): answer
            case .answered:
                passage.accepted.map { accepted in
                    SharedAnswer(
                        answer: share.completed(accepted.answer, passage), source: .row,
                        model: send.name(of: passage.order.model, at: accepted.account),
                        stepsIn: passage.order.stepsIn)
                }
            case .failed, .left: nil
            }
        }
        // Its line says it all.
        passage.accepted = nil
    }
}
