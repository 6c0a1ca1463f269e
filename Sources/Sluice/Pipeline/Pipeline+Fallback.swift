internal import SluiceCore
internal import SluiceScheduling

/// Rows that their model cannot answer go to the one that steps in for it; the rule is in
/// docs/decisions/0028-fallback.md.
extension Pipeline {
    /// Turns a row over that its model has failed; its outcome if no model steps in.
    @inline(never)
    func turnOver(_ passage: Passage, after failure: Failure) -> Outcome? {
        stepIn(passage, reason: failure.message) ? nil : failed(passage, failure)
    }

    /// Turns a row over that gets no leave for its model; returns whether leave is to be asked for once more.
    @inline(never)
    func turnOver(_ passage: Passage, denied refusal: AdmissionMachine.Refusal) -> Bool {
        guard passage.order.fallback != nil else { return false }
        var concernsRun = false
        let reason: String
        switch refusal {
        case .exhausted(let reasons), .barred(let reasons):
            reason = reasons.last ?? "no key may use it"
            concernsRun = passage.order.concernsRun
        case .dayUsedUp(let until, let reasons, let concernsModel):
            reason = reasons.joined(separator: "; ")
            concernsRun = concernsModel && passage.order.concernsRun
            passage.nextDay = min(passage.nextDay, until)
        case .outage(let trouble), .unreachable(let trouble): reason = trouble
        case .misdirected(let trouble, _):
            reason = trouble
            concernsRun = passage.order.concernsRun
        case .tooLarge(let needs, let limit):
            reason = "about \(needs) tokens are more than the \(limit) that any key allows"
        case .tooDear(let ceiling, let limit):
            reason = "could cost \(ceiling.text), more than the \(limit.text) a day that any key allows"
        case .cancelled, .stopped, .overBudget: return false
        }
        stepIn(passage, reason: reason, concernsRun: concernsRun)
        return true
    }

    /// Gives a row the order of the model that steps in; where that cannot be asked, the row stays with its own alone.
    /// - Parameter concernsRun: Whether no row of the run can ask the present one.
    @discardableResult
    private func stepIn(_ passage: Passage, reason: String, concernsRun: Bool = false) -> Bool {
        guard let fallback = passage.order.fallback else { return false }
        // A row that was never sent began never.
        let isOverdue = settings.now().mono - passage.history.began >= settings.rowDeadline
        guard !isOverdue, !state.isAborted, let order = try? plan.order(passage.row, by: fallback) else {
            passage.order = passage.order.alone()
            return false
        }
        settings.onFallback(passage.order.model, order.model, reason)
        passage.turnOver(to: order, concernsRun: concernsRun)
        passage.isToBeLookedUp = share.isStoring && passage.order.asked != nil
        return true
    }
}
