import SluiceCore

/// What waits for the writer thread.
struct WriteQueue: ClosableQueue {
    /// Who waits for an outcome: nil is success.
    typealias Waiter = Suspension<SluiceError?>

    /// Lines for one file, and who waits for them.
    struct Lines {
        /// The lines, one behind the other.
        var bytes: [UInt8] = []
        /// Who waits, and the offset in `bytes` behind the line that he waits for; ascending.
        var waiters: [(waiter: Waiter, end: Int)] = []

        /// Whether nobody waits.
        var isEmpty: Bool { waiters.isEmpty }

        /// Empties it but keeps its memory, unless that has become large.
        mutating func clear() {
            if bytes.capacity > 8 << 20 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
            waiters.removeAll(keepingCapacity: true)
        }
    }

    /// A small job for the thread, and who waits for its end.
    struct Job {
        let body: @Sendable () throws(SluiceError) -> Void
        let waiter: Waiter
    }

    /// Answers.
    var output = Lines()
    /// Failures.
    var errors = Lines()
    /// Jobs.
    var jobs: [Job] = []
    var closing = Closing()
    /// Whether a full disk is not worth waiting for any more.
    var isImpatient = false
    /// Whether the thread sleeps and must be woken.
    var writerSleeps = false
    /// Why nothing can be written any more.
    var failure: SluiceError?
    /// How many answers are durable.
    var durable = 0

    /// Whether there is something to do.
    var hasWork: Bool { !output.isEmpty || !errors.isEmpty || !jobs.isEmpty }

    /// Notes that work has come; returns whether the thread must be woken.
    mutating func wakesWriter() -> Bool {
        defer { writerSleeps = false }
        return writerSleeps
    }
}
