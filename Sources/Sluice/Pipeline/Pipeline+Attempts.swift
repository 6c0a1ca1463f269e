internal import SluiceCore
internal import SluiceScheduling

extension Pipeline {
    /// What became of an order.
    enum Delivery {
        case answered(Answer, AnswerLine.Way)
        case failed(Failure)
        /// It was not asked to the end: the run is being stopped.
        case left
    }

    /// Tries an order, with whatever key is free, until there is an answer or no more to try.
    func deliver(_ order: Plan.Order) async -> Delivery {
        var history = AttemptHistory()
        var notBefore: Instant?
        var avoiding: CredentialIndex?
        while true {
            var permit: Permit
            do throws(Admission.Denied) {
                permit = try await admit.permit(
                    tokens: order.inputTokens + report.expectedOutput(cap: order.maxTokens), notBefore: notBefore,
                    avoiding: avoiding, isRetry: history.isStarted)
            } catch {
                return denied(error.refusal, history)
            }
            if gate.isClosed {
                // There is no room for the answer: the permit goes back unused.
                await gate.wait()
                continue
            }
            let sent = settings.now().mono
            if !history.isStarted { history.start(at: sent) }
            let judgement = judge.judge(await send.send(order, with: permit.grant), of: order, with: permit.grant)
            permit.settle(judgement.settlement)
            let now = settings.now().mono
            report.attempted(judgement)
            if let failure = judgement.failure { history.add(failure, took: now - sent) }

            switch judgement.next {
            case .accept(let answer):
                let way = AnswerLine.Way(
                    span: now - history.began, attempts: history.counted + 1, model: order.model)
                return .answered(answer, way)
            case .giveUp:
                return .failed(history.failure)
            case .halt(let error):
                state.halt(.error(error))
                return .left
            case .again(let countsAttempt, let backsOff):
                if state.isAborted { return .left }
                if countsAttempt { history.counted += 1 }
                guard history.counted < settings.maxAttempts else { return .failed(history.failure) }
                guard now - history.began < settings.rowDeadline else {
                    return .failed(history.overdue(settings.rowDeadline))
                }
                notBefore = backsOff ? now + settings.backoff.delay(attempt: history.counted) : nil
                avoiding = permit.grant.credential
            }
        }
    }

    private func denied(_ refusal: AdmissionMachine.Refusal, _ history: AttemptHistory) -> Delivery {
        switch refusal {
        case .stopped:
            return .left
        case .cancelled:
            return .failed(history.overdue(settings.rowDeadline))
        case .tooLarge(let needs, let limit):
            return .failed(
                Failure(
                    .final, code: "larger_than_limit",
                    message: "needs about \(needs) tokens, more than the \(limit) per minute that any key allows",
                    attempts: history.attempts))
        case .exhausted(let reasons):
            state.halt(.exhausted(reasons))
            return .left
        case .unreachable(let reason):
            state.halt(
                .error(
                    SluiceError(
                        .configuration, "the provider does not answer: \(reason)",
                        hint: "is the server running, and --base-url right? --wait-ready 10m waits longer")))
            return .left
        }
    }
}
