import SluiceCore

/// The end of a thread: it is asked for, the thread does what waits and says that it is over, and all who asked go on.
struct Closing {
    /// Whether somebody has asked: nothing more is taken.
    private(set) var isAsked = false
    /// Whether the thread has ended.
    private(set) var isOver = false
    private var waiters: [Suspension<Void>] = []

    /// Asks for the end; returns whether it is over already, so that nobody else will resume the waiter.
    mutating func ask(_ waiter: Suspension<Void>) -> Bool {
        isAsked = true
        if !isOver { waiters.append(waiter) }
        return isOver
    }

    /// Notes that the thread has ended; returns who waits for that.
    mutating func end() -> [Suspension<Void>] {
        isOver = true
        defer { waiters = [] }
        return waiters
    }
}

/// What waits for a thread that can be closed.
protocol ClosableQueue {
    var closing: Closing { get set }
}

extension Monitor where State: ClosableQueue {
    /// Asks the thread to end, and returns when it has; any number may ask, at any time.
    func close() async {
        await suspended { waiter in
            let isOver = withLock { $0.closing.ask(waiter) }
            signal()
            if isOver { waiter.resume(returning: ()) }
        }
    }

    /// Says, from the thread, that it has ended.
    func end() {
        for waiter in withLock({ $0.closing.end() }) { waiter.resume(returning: ()) }
    }
}
