import NIOCore
import SluiceCore

extension Service {
    /// The end of a sequence that the engine generates.
    func end(of sequence: Int, on loop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        withDepartures { _, departures in departures.wait(for: sequence, promise) }?.succeed()
        turnEngine(on: loop)
        return promise.futureResult
    }

    /// Goes on to the present, wakes those whose sequences have ended, and sees to it that the next end is not missed.
    func turnEngine(on loop: any EventLoop) {
        let (ended, alarm, now) = withDepartures { model, departures in
            let now = clock.now()
            let ended = model.advance(to: now).compactMap { departures.end($0.sequence) }
            let next = model.nextEvent.flatMap { departures.needsAlarm(at: $0) ? $0 : nil }
            return (ended, next, now)
        }
        if let alarm {
            let delay = TimeAmount.nanoseconds(max(0, (alarm - now).nanoseconds))
            loop.scheduleTask(in: delay) {
                self.withDepartures { $1.ring(alarm) }
                self.turnEngine(on: loop)
            }
        }
        for promise in ended { promise.succeed() }
    }
}
