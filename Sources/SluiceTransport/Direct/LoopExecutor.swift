internal import DequeModule
internal import NIOCore
internal import SluiceCore

/// Runs the jobs of tasks on an event loop, so that a slot and the connections it uses share one thread.
///
/// Jobs that become ready together (the replies of one poll, the rows of one commit) are run in one sweep: one
/// submission to the loop for all of them instead of one each.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var jobs = Deque<UnownedJob>()
        var isScheduled = false
    }

    /// Jobs in one go: about two milliseconds.
    private static let sweep = 128
    private let loop: any EventLoop
    private let queue = Guarded(Queue())

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isScheduled = true }
            return !queue.isScheduled
        }
        if isFirst { loop.execute { self.drain() } }
    }

    /// Runs what is ready, a few jobs before the loop looks at its connections again: ten thousand slots that start
    /// together would otherwise all connect before the first of them sends.
    private func drain() {
        let (jobs, isMore) = queue.withLock { queue in
            let jobs = Array(queue.jobs.prefix(Self.sweep))
            queue.jobs.removeFirst(jobs.count)
            queue.isScheduled = !queue.jobs.isEmpty
            return (jobs, queue.isScheduled)
        }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        // What is submitted runs before the loop polls; what has a time, however near, runs behind it.
        if isMore { loop.scheduleTask(in: .microseconds(20)) { self.drain() } }
    }
}
