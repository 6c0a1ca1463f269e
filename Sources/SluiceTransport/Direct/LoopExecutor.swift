internal import NIOCore
internal import SluiceCore

/// Runs the jobs of tasks on an event loop, so that a slot and the connections it uses share one thread.
///
/// Jobs that become ready together (the replies of one poll, the rows of one commit) are run in one sweep: one
/// submission to the loop for all of them instead of one each.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var isScheduled = false
    }

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

    private func drain() {
        let jobs = queue.withLock { queue in
            queue.isScheduled = false
            var jobs: [UnownedJob] = []
            jobs.reserveCapacity(queue.jobs.count)
            swap(&jobs, &queue.jobs)
            return jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
