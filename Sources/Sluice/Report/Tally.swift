internal import SluiceCore
internal import SluiceScheduling

/// Counts what happens; every stage reports here, people read ``RunCounts``.
final class Tally: Sendable {
    struct State {
        var counts = RunCounts()
        /// What each of several models did, by its name; those of rows that are asked once are not kept apart.
        var models: [String: ModelCounts] = [:]
        var groups: [String: FailureGroup] = [:]
        var recent = RateWindow()
        var lengths = OutputLengths()
        var reservation = ReservationTally()
        /// Requests without an answer, by the class of their outcome.
        var classes: [OutcomeClass: Int] = [:]

        fileprivate mutating func update(_ model: String?, _ change: (inout ModelCounts) -> Void) {
            if let model { change(&models[model, default: ModelCounts(model)]) }
        }

        /// The counts of these models, in their order.
        func counts(of models: [String]) -> [ModelCounts] { models.map { self.models[$0] ?? ModelCounts($0) } }
    }

    /// More causes than this are one group, so that a provider's free text cannot fill the memory.
    private static let groupLimit = 50
    private let state = Guarded(State())

    func snapshot() -> State { state.withLock { $0 } }

    func update(_ change: (inout RunCounts) -> Void) {
        state.withLock { change(&$0.counts) }
    }

    func answered(asked: String?, usage: Usage?, finish: String?, charge: Charge, at now: Instant) {
        state.withLock { state in
            state.counts.answered += 1
            state.update(asked) { model in
                model.answered += 1
                if let usage { model.usage += usage }
                switch charge {
                case .known(let cost): model.cost += cost
                case .unknown: model.unpriced += 1
                case .none, .atMost: break
                }
            }
            switch charge {
            case .known(let cost): state.counts.cost += cost
            case .unknown: state.counts.unpriced += 1
            case .none, .atMost: break  // counted as uncertain with the attempt
            }
            state.recent.add(at: now)
            if let usage {
                state.counts.usage += usage
            }
            if finish == "length" { state.counts.cut += 1 }
            if finish == "content_filter" { state.counts.filtered += 1 }
        }
    }

    /// A row got an answer that was there already: it took no tokens and no money.
    func given(_ given: SharedAnswer, asked: String?, at now: Instant) {
        state.withLock { state in
            switch given.source {
            case .cache:
                state.counts.cached += 1
                state.update(asked) { $0.cached += 1 }
            case .row:
                state.counts.deduplicated += 1
                state.update(asked) { $0.deduplicated += 1 }
            }
            if given.stepsIn { state.counts.fallback += 1 }
            state.recent.add(at: now)
            if given.answer.finish == "length" { state.counts.cut += 1 }
            if given.answer.finish == "content_filter" { state.counts.filtered += 1 }
        }
    }

    /// An answer was paid for but could not be written.
    func lost(_ charge: Charge) {
        state.withLock { $0.counts.uncertainCost += charge.counted }
    }

    /// Two requests of a row were answered at the same time: this is the charge of the one that is not used.
    func duplicate(_ charge: Charge) {
        state.withLock { state in
            state.counts.possiblyPaidTwice += 1
            // One that is not known exactly was counted with its attempt.
            if case .known(let cost) = charge { state.counts.uncertainCost += cost }
        }
    }

    func attempted(_ judgement: Judgement, _ charge: Charge, of order: Plan.Order) {
        state.withLock { state in
            state.counts.attempts += 1
            if case .accept(let answer) = judgement.next {
                if let usage = answer.usage { state.lengths.add(usage.output, of: order.template) }
                state.reservation.add(order)
            }
            if case .atMost(let cost) = charge { state.counts.uncertainCost += cost }
            if case .throttled = judgement.settlement { state.counts.refused += 1 }
            if let failure = judgement.failure { state.classes[failure.kind, default: 0] += 1 }
            if judgement.mayBePaid { state.counts.possiblyPaidTwice += 1 }
        }
    }

    func failed(_ failure: Failure, asked: String?, at now: Instant) {
        let cause = [failure.status.map { "http \($0)" }, failure.code].compactMap { $0 }.joined(separator: " ")
        state.withLock { state in
            state.counts.failed += 1
            state.update(asked) { $0.failed += 1 }
            state.recent.add(at: now)
            let name = state.groups[cause] != nil || state.groups.count < Self.groupLimit ? cause : "others"
            let group = FailureGroup(
                cause: name, count: 0, isFinal: failure.kind == .final, example: failure.message)
            state.groups[name, default: group].count += 1
        }
    }

    /// What a request is expected to take; without a cap of its own the longest usual answer stands for it.
    func demand(_ order: Plan.Order, input: Int) -> TokenDemand {
        state.withLock { state in
            TokenDemand(
                input: input, output: state.lengths.expected(of: order.template, cap: order.maxTokens),
                maxOutput: order.maxTokens ?? state.lengths.most(of: order.template), ceiling: order.ceiling)
        }
    }

    /// Takes note of what the next request waits for; nil if nothing waits.
    func sampleWait(on cause: AdmissionMachine.Wait.Cause?) {
        var isForTokens = false
        if case .tokensPerMinute = cause { isForTokens = true }
        state.withLock { $0.reservation.sample(isForTokens: isForTokens) }
    }
}
