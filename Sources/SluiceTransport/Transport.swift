package import SluiceCore

/// How bytes travel: sends one call and brings its reply back.
package protocol Transport: Sendable {
    /// Where the slots run, so that a reply wakes its slot without a change of thread.
    var executor: any TaskExecutor { get }

    /// Sends a call and waits for the whole reply.
    ///
    /// Every status is a reply; a failure means that no reply came. A status that is none of success is a reply without a
    /// body also if its body was cut short, damaged or too large. Ends at the latest after the call's timeout, and at
    /// once with ``TransportFailure/Kind/aborted`` when the task is cancelled.
    func send(_ call: Call) async -> Result<Reply, TransportFailure>

    /// Runs a closure on the executor's thread after a span; returns at once.
    func schedule(after span: TimeSpan, _ body: @escaping @Sendable () -> Void) -> ScheduledWork

    /// Breaks off every call under way with ``TransportFailure/Kind/aborted`` and refuses new ones.
    func abort()

    /// Closes all connections and ends the threads.
    func shutdown() async
}

/// Work that waits for its time.
package struct ScheduledWork: Sendable {
    /// Takes the work back, if it has not run yet.
    package let cancel: @Sendable () -> Void

    package init(cancel: @escaping @Sendable () -> Void) {
        self.cancel = cancel
    }
}
