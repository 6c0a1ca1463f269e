internal import SluiceCore
internal import SluiceScheduling
internal import SluiceTransport

/// A second request for one that is slow: the first answer counts, the other request is broken off and counted as
/// perhaps paid.
extension Pipeline {
    private enum Leg: Sendable {
        case first(Result<Reply, TransportFailure>)
        /// Nil if it was not sent.
        case second(Ended?)
    }

    private struct Ended: Sendable {
        let attempt: Attempt
        /// The memory that its reply takes.
        let taken: Int
    }

    /// Sends a row, and once more if that takes long, and decides with what came of it.
    @inline(never)
    func race(_ passage: Passage, _ permit: consuming Permit, sent: Instant, _ hedger: Hedger) async {
        let (order, grant, room) = (passage.order, permit.grant, passage.replyRoom)
        let isSecondSent = Guarded(false)
        var open: Permit? = consume permit
        var first: Ended?
        var second: Ended?
        await withTaskGroup(of: Leg.self) { group in
            group.addTask { .first(await self.send.send(order, with: grant, replyRoom: room)) }
            group.addTask { .second(await self.hedge(order, grant, sent: sent, hedger, isSent: isSecondSent)) }
            while let leg = await group.next() {
                switch leg {
                case .first(let result):
                    // At once: what it says of the key must not wait for the second request.
                    if let permit = open.take() {
                        let attempt = self.settle(order, result, permit, sent: sent)
                        first = Ended(attempt: attempt, taken: result.taken)
                    }
                    // A failure waits for the second request, if that is on its way.
                    if result.isSuccess || !isSecondSent.withLock({ $0 }) { group.cancelAll() }
                case .second(let ended):
                    second = ended
                    if ended?.attempt.isAnswer == true { group.cancelAll() }
                }
            }
        }
        guard let first else { return }
        guard let second, second.attempt.isAnswer else { return decide(passage, first, instead: second) }
        if first.attempt.isAnswer {
            report.duplicate(second.attempt.charge)
            return decide(passage, first, instead: second)
        }
        report.update { $0.hedgesWon += 1 }
        decide(passage, second, instead: first)
    }

    /// Decides with one of two replies; the memory of the other goes back first, as a row has one reply.
    private func decide(_ passage: Passage, _ used: Ended, instead other: Ended?) {
        if let other, other.taken > 0 { memory.giveBack(other.taken) }
        passage.replyTaken = used.taken
        decide(passage, used.attempt)
    }

    /// Sends the second request once the first is slow, by another key if there is one.
    private func hedge(
        _ order: Plan.Order, _ first: Grant, sent: Instant, _ hedger: Hedger, isSent: Guarded<Bool>
    ) async -> Ended? {
        while await hedger.isDue(sent) {
            let permit = admit.permitAtOnce(
                order.isRunsModel ? nil : order.model, demand(order), atMost: order.ceiling,
                avoiding: first.credential)
            guard let permit, !disk.isClosed, !Task.isCancelled else {
                await hedger.giveBack()
                continue
            }
            isSent.withLock { $0 = true }
            report.update { $0.hedged += 1 }
            let now = settings.now().mono
            // No memory is reserved for a second reply, so all that it takes is asked for.
            let result = await send.send(order, with: permit.grant, replyRoom: 0)
            return Ended(attempt: settle(order, result, permit, sent: now), taken: result.taken)
        }
        return nil
    }
}

extension Result where Success == Reply, Failure == TransportFailure {
    /// Whether it may be an answer.
    fileprivate var isSuccess: Bool {
        if case .success(let reply) = self { reply.isSuccess } else { false }
    }

    /// The memory that it takes beyond what was reserved.
    fileprivate var taken: Int {
        if case .success(let reply) = self { reply.taken } else { 0 }
    }
}
