import NIOCore
import SluiceCore

/// Who waits for the engine to end a sequence, and when it is to be asked next.
struct Departures {
    private var waiting: [Int: EventLoopPromise<Void>] = [:]
    /// Sequences that ended before anybody waited.
    private var early: Set<Int> = []
    /// The next moment for which a timer runs.
    private var alarm: Instant?

    /// Enters a promise for the end of a sequence; returns it if that has been.
    mutating func wait(for sequence: Int, _ promise: EventLoopPromise<Void>) -> EventLoopPromise<Void>? {
        if early.remove(sequence) != nil { return promise }
        waiting[sequence] = promise
        return nil
    }

    /// The promise of a sequence that has ended.
    mutating func end(_ sequence: Int) -> EventLoopPromise<Void>? {
        if let promise = waiting.removeValue(forKey: sequence) { return promise }
        early.insert(sequence)
        return nil
    }

    /// Nobody waits for a sequence any more; its promise, if there is one, which has to be kept all the same.
    mutating func forget(_ sequence: Int) -> EventLoopPromise<Void>? {
        early.remove(sequence)
        return waiting.removeValue(forKey: sequence)
    }

    /// Whether a timer has to be set for a moment, because none runs that ends as early.
    mutating func needsAlarm(at moment: Instant) -> Bool {
        if let alarm, alarm <= moment { return false }
        alarm = moment
        return true
    }

    /// The timer of a moment has ended.
    mutating func ring(_ moment: Instant) { if alarm == moment { alarm = nil } }
}
