package import SluiceCore

/// Writes the lines of a run from one thread of its own: a line is acknowledged when it is durable.
///
/// Group commit that clocks itself: take all that has come, write it, sync it, acknowledge it, repeat. Whoever holds a
/// writer must ``close()`` it.
package final class DurableWriter: Sendable {
    /// The files of a run.
    package enum Channel: Sendable {
        /// The answers.
        case output
        /// The failures; the file is made with the first of them.
        case errors
    }

    private let monitor: Monitor<WriteQueue>

    /// Opens the output and starts the thread.
    /// - Parameters:
    ///   - target: where the answers go; a file is created with mode 0600 if it is not there.
    ///   - clock: the monotonic clock, read to limit how often the output is looked after.
    ///   - onDisk: called on the writer thread when the disk is full and when there is room again.
    /// - Throws: ``SluiceError`` of code `io` if the output cannot be opened.
    package init(
        _ target: OutputTarget, options: WriterOptions = WriterOptions(), clock: @escaping @Sendable () -> Instant,
        onDisk: @escaping @Sendable (DiskEvent) -> Void = { _ in }
    ) throws(SluiceError) {
        monitor = Monitor(WriteQueue())
        let thread = try WriterThread(target, options: options, clock: clock, onDisk: onDisk, monitor: monitor)
        try BlockingThread.start("writing") {
            var thread = thread
            thread.run()
        }
    }

    /// Adds a line, which must end with a line feed, and returns when it is durable.
    ///
    /// Task cancellation is not looked at: an answer that was paid for is written.
    /// - Throws: ``SluiceError`` of code `disk` if it is lost or may be; every later call throws the same.
    package func append(_ line: [UInt8], to channel: Channel = .output) async throws(SluiceError) {
        assert(line.last == 0x0A, "a line ends with a line feed")
        let error: SluiceError? = await suspended { waiter in
            submit(waiter) { queue in
                switch channel {
                case .output:
                    queue.output.bytes.append(contentsOf: line)
                    queue.output.waiters.append((waiter, queue.output.bytes.count))
                case .errors:
                    queue.errors.bytes.append(contentsOf: line)
                    queue.errors.waiters.append((waiter, queue.errors.bytes.count))
                }
            }
        }
        if let error { throw error }
    }

    /// Runs a small blocking job on the writer thread, behind the lines that were appended before it.
    /// - Throws: what the job throws; the writer goes on.
    package func perform(_ job: @escaping @Sendable () throws(SluiceError) -> Void) async throws(SluiceError) {
        let error: SluiceError? = await suspended { waiter in
            submit(waiter) { $0.jobs.append(WriteQueue.Job(body: job, waiter: waiter)) }
        }
        if let error { throw error }
    }

    /// Waits until all is written, closes the files and ends the thread.
    /// - Throws: what has made the writer fail, if anything has.
    package func close() async throws(SluiceError) {
        await monitor.close()
        if let failure = monitor.withLock({ $0.failure }) { throw failure }
    }

    /// Gives up waiting for room on a full disk: the lines in hand are lost, and said to be.
    package func stopWaitingForRoom() {
        monitor.withLock { $0.isImpatient = true }
        monitor.signal()
    }

    /// How many answers are durable so far.
    package var durableCount: Int { monitor.withLock { $0.durable } }

    private func submit(_ waiter: WriteQueue.Waiter, _ add: (inout WriteQueue) -> Void) {
        let (refusal, wakes): (SluiceError?, Bool) = monitor.withLock { queue in
            if let failure = queue.failure { return (failure, false) }
            if queue.closing.isAsked {
                return (SluiceError(.invariant, "a line came after the output was closed"), false)
            }
            add(&queue)
            return (nil, queue.wakesWriter())
        }
        if wakes { monitor.signal() }
        if let refusal { waiter.resume(returning: refusal) }
    }
}
