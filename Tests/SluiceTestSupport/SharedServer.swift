import Foundation
import HeapModule
import SluiceCore

/// A server that generates all its answers together, in virtual time: processor sharing with a key-value cache.
///
/// All that run have been given the same work since a common origin, so one number stands for the progress of all; work
/// is counted in tokens, time in seconds.
package struct SharedServer: Sendable {
    private struct Mark: Comparable {
        let end: Double
        let call: Int
        static func < (left: Mark, right: Mark) -> Bool { (left.end, left.call) < (right.end, right.call) }
    }

    /// Tokens per second of all together, at most.
    package var total: Double
    /// Tokens per second of one, at most.
    package var one: Double
    /// How many run when each is half as fast as one alone; nil where nothing but `total` slows them down.
    package var half: Double?
    /// How many the cache holds; the others queue.
    package var places = Double.infinity
    /// From how many on they get into each other's way, so that all together get less: half at twice as many.
    package var crowd = Double.infinity
    /// By how much all of that is multiplied.
    package var capacity = 1.0
    private var marks = Heap<Mark>()
    private var queue: [Mark] = []
    private var queueStart = 0
    private var given = 0.0
    private var asOf = 0.0

    /// A server; with `total` = n · `one` it is used up by n at once.
    package init(total: Double, one: Double) {
        self.total = total
        self.one = one
    }

    /// How many run, or wait for a place.
    package var load: Int { marks.count + queue.count - queueStart }

    /// When the next one ends; infinite if none runs.
    package var next: Double { marks.min.map { asOf + max(0, $0.end - given) / speed } ?? .infinity }

    /// Takes in a call that needs so much work.
    package mutating func arrive(_ call: Int, work: Double, at time: Double) {
        advance(to: time)
        queue.append(Mark(end: work, call: call))
        fill()
    }

    /// Ends the next one and returns it with its time.
    package mutating func finish() -> (call: Int, time: Double) {
        advance(to: next)
        let mark = marks.removeMin()
        given = max(given, mark.end)
        fill()
        return (mark.call, asOf)
    }

    /// Goes on to a moment before ``next``.
    package mutating func advance(to time: Double) {
        given = marks.isEmpty ? 0 : given + speed * (time - asOf)
        asOf = time
    }

    private var speed: Double {
        let running = Double(max(1, marks.count))
        var speed = half.map { one / (1 + running / ($0 * capacity)) } ?? min(one, total * capacity / running)
        if running > crowd * capacity { speed *= crowd * capacity / running }
        return speed
    }

    private mutating func fill() {
        while queueStart < queue.count, Double(marks.count) < places * capacity {
            marks.insert(Mark(end: given + queue[queueStart].end, call: queue[queueStart].call))
            queueStart += 1
        }
        guard queueStart > 1024, queueStart * 2 > queue.count else { return }
        queue.removeFirst(queueStart)
        queueStart = 0
    }
}
