internal import SluiceCore
internal import SluiceProviders
internal import SluiceScheduling
internal import SluiceTransport

extension Pipeline {
    /// Tries a row, with whatever key is free, until there is an answer or no more to try: admit, send, judge.
    @inline(never)
    func deliver(_ passage: Passage) async -> Outcome {
        guard passage.isTurnedOver || read.maySend() else { return .left }
        while passage.outcome == nil, !passage.isToBeLookedUp {
            do throws(Admission.Denied) {
                let permit = try await permit(for: passage)
                if disk.isClosed {
                    // There is no room for the answer: the permit goes back unused.
                    _ = consume permit
                    await disk.wait()
                    continue
                }
                let sent = begin(passage)
                if let hedger {
                    await race(passage, permit, sent: sent, hedger)
                } else {
                    let result = await send.send(passage.order, with: permit.grant, replyRoom: passage.replyRoom)
                    if case .success(let reply) = result { passage.replyTaken = reply.taken }
                    decide(passage, settle(passage.order, result, permit, sent: sent))
                }
                // A row that goes on, perhaps much later, has nothing of this reply any more.
                if passage.outcome == nil { giveBack(passage) }
            } catch {
                if !turnOver(passage, denied: error.refusal) { passage.outcome = denied(error.refusal, passage) }
            }
        }
        return passage.outcome ?? .left
    }

    /// Gives back what a row has while it is in flight: the memory of a reply beyond what was expected, and its note.
    func giveBack(_ passage: Passage) {
        quarantine.end(passage)
        guard passage.replyTaken > 0 else { return }
        memory.giveBack(passage.replyTaken)
        passage.replyTaken = 0
    }

    private func permit(for passage: Passage) async throws(Admission.Denied) -> Permit {
        let order = passage.order
        return try await admit.permit(
            order.isRunsModel ? nil : order.model, demand(order), atMost: order.ceiling,
            notBefore: passage.notBefore,
            avoiding: passage.avoiding, isRetry: passage.history.isAsked, since: passage.history.began,
            yields: passage.history.refusals.yields, fallback: order.fallback?.number ?? 0)
    }

    /// What a request is expected to take, by what is known now: it was planned some rows ahead.
    func demand(_ order: Plan.Order) -> TokenDemand { report.demand(order, input: plan.inputTokens(of: order)) }

    private func begin(_ passage: Passage) -> Instant {
        let now = settings.now().mono
        passage.history.send(at: now)
        quarantine.begin(passage)
        return now
    }

    /// Judges what came of a request, and tells admission and the tally.
    @inline(never)
    func settle(
        _ order: Plan.Order, _ result: Result<Reply, TransportFailure>, _ permit: consuming Permit, sent: Instant
    ) -> Attempt {
        let grant = permit.grant
        if case .success(let reply) = result,
            let told = ToldLimits(reply, from: judge.provider(of: grant), now: settings.now().wall)
        {
            admit.learn(told, from: grant)
        }
        let judgement = judge.judge(result, of: order, with: grant)
        let charge = purse.charge(judgement, of: order, account: grant.account)
        permit.settle(judgement.settlement, cost: charge.counted)
        let now = settings.now().mono
        report.attempted(judgement, charge, of: order)
        let attempt = Attempt(judgement: judgement, charge: charge, grant: grant, sent: sent, ended: now)
        if attempt.isAnswer { hedger?.answered(after: now - sent) }
        return attempt
    }

    /// Decides whether a row goes on after an attempt.
    @inline(never)
    func decide(_ passage: Passage, _ attempt: Attempt) {
        let now = attempt.ended
        if let failure = attempt.judgement.failure { passage.history.add(failure, took: now - attempt.sent) }

        switch attempt.judgement.next {
        case .accept(let answer):
            plan.learn(passage.order, answer.usage)
            if passage.order.asked != nil { passage.accepted = (answer, attempt.grant.account) }
            let answer = share.completed(answer, passage)
            let way = AnswerLine.Way(
                span: now - passage.history.began,
                attempts: passage.history.countedBefore + passage.history.counted + 1,
                model: send.name(of: passage.order.model, at: attempt.grant.account), cost: attempt.charge.cost,
                truncated: passage.order.truncated)
            if way.truncated > 0 { report.update { $0.truncated += 1 } }
            if passage.order.stepsIn { report.update { $0.fallback += 1 } }
            passage.outcome = .answered(
                line: record.line(passage.row, passage.order, answer, way), asked: passage.row.asked,
                usage: answer.usage, finish: answer.finish, charge: attempt.charge)
        case .giveUp:
            passage.history.counted += 1
            passage.outcome = turnOver(passage, after: passage.history.failure)
        case .halt(let error):
            state.halt(.error(error))
            passage.outcome = .left
        case .again(let countsAttempt, let backsOff):
            let order = passage.order
            switch attempt.judgement.settlement {
            case .throttled: passage.history.refusals.add(attempt.grant)
            case .misdirected where !attempt.grant.isProbe: passage.history.misdirected += 1
            default: break
            }
            passage.outcome = again(passage, countsAttempt: countsAttempt, now: now)
            guard passage.order === order else { break }
            passage.notBefore = nil
            if backsOff {
                let delay = settings.backoff.delay(attempt: passage.history.counted)
                passage.notBefore = now + max(delay, attempt.judgement.wait ?? .zero)
            }
            passage.avoiding = attempt.grant.credential
        }
    }

    /// Counts an attempt; the outcome if it was the last one that the row has.
    private func again(_ passage: Passage, countsAttempt: Bool, now: Instant) -> Outcome? {
        if state.isAborted { return .left }
        if countsAttempt { passage.history.counted += 1 }
        if passage.history.counted >= settings.maxAttempts { return turnOver(passage, after: passage.history.failure) }
        if passage.history.refusals.areItsOwn { return turnOver(passage, after: passage.history.refused) }
        if passage.history.isMisdirected { return turnOver(passage, after: passage.history.failure) }
        if now - passage.history.began >= settings.rowDeadline {
            return failed(passage, passage.history.overdue(settings.rowDeadline))
        }
        return nil
    }

    @inline(never)
    private func denied(_ refusal: AdmissionMachine.Refusal, _ passage: Passage) -> Outcome {
        switch refusal {
        case .stopped:
            return .left
        case .cancelled:
            return failed(passage, passage.history.overdue(settings.rowDeadline))
        case .tooLarge(let needs, let limit):
            return failed(
                passage,
                Failure(
                    .final, code: "larger_than_limit",
                    message: "needs about \(needs) tokens, more than the \(limit) that any key allows",
                    attempts: passage.history.attempts))
        case .exhausted(let reasons):
            state.halt(.exhausted(reasons))
            return .left
        case .barred(let reasons):
            if passage.order.concernsRun {
                state.halt(.exhausted(reasons))
                return .left
            }
            let message = "no key may use the model '\(passage.order.model)': \(reasons.joined(separator: "; "))"
            if judge.isUnproven(passage.order) {
                state.halt(.error(SluiceError(.configuration, message, hint: JudgeStage.comparedHint)))
                return .left
            }
            return failed(
                passage,
                Failure(
                    .final, code: "no_key_for_model", message: message,
                    attempts: passage.history.attempts))
        case .misdirected(let reason, let hint):
            state.halt(.error(SluiceError(.configuration, "the provider cannot be used: \(reason)", hint: hint)))
            return .left
        case .overBudget(let limit, let spent):
            state.halt(.budget(limit: limit, spent: spent))
            return .left
        case .tooDear(let ceiling, let limit):
            return failed(
                passage,
                Failure(
                    .final, code: "larger_than_limit",
                    message: "could cost \(ceiling.text), more than the \(limit.text) a day that any key allows; "
                        + "a lower max_tokens makes it cheaper",
                    attempts: passage.history.attempts))
        case .dayUsedUp(let until, let reasons, let concernsModel):
            let now = settings.now()
            // Days end on whole seconds; the way from one clock to the other and back costs some nanoseconds.
            let second: Int64 = 1_000_000_000
            let until = min(until, passage.nextDay)
            let resumes = now.wall.nanoseconds + (until - now.mono).nanoseconds + second / 2
            let cause = StopCause.dayUsedUp(
                until: WallTime(nanoseconds: resumes / second * second), wait: until - now.mono, reasons: reasons)
            // Rows of other models, and smaller ones, may still be asked.
            if concernsModel, passage.order.concernsRun { state.halt(cause) } else { state.note(cause) }
            return .left
        case .outage(let reason), .unreachable(let reason):
            state.halt(
                .error(
                    SluiceError(
                        .configuration, "the provider does not answer: \(reason)",
                        hint: "is the server running, and --base-url right? --wait-ready 10m waits longer")))
            return .left
        }
    }

    func failed(_ passage: Passage, _ failure: Failure) -> Outcome {
        failed(passage.row, line: passage.row.line, bytes: passage.row.bytes, failure)
    }
}
