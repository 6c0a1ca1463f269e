import GRDB
package import SluiceCore

/// Writes the time series of a run, a few seconds at a time, on a thread of its own.
///
/// Nothing is opened before the first sample, so a run of less than a second costs nothing and leaves none. The series is
/// for people: that it cannot be written is said once and stops nothing, and a damaged one is set aside.
package final class RunSeries: Sendable {
    /// What a run is noted with.
    package struct Run: Sendable {
        package var started: WallTime
        package var pid: Int
        package var title: String?
        package var model: String?

        package init(started: WallTime, pid: Int, title: String? = nil, model: String? = nil) {
            self.started = started
            self.pid = pid
            self.title = title
            self.model = model
        }
    }

    private struct Queue: ClosableQueue {
        var samples: [Sample] = []
        var isStarted = false
        /// Nothing is written any more.
        var hasFailed = false
        var isDue = false
        var closing = Closing()
    }

    /// Starts a thread of a name.
    package typealias Start = @Sendable (String, @escaping @Sendable () -> Void) throws(SluiceError) -> Void

    /// So many seconds are written together; a killed process loses no more.
    private static let batch = 5
    private let path: String
    private let run: Run
    private let onNote: @Sendable (String) -> Void
    private let start: Start
    private let monitor = Monitor(Queue())

    /// - Parameters:
    ///   - path: The database; it is made when there is something to write.
    ///   - start: Starts the thread.
    ///   - onNote: Called with what people should know, usually on the thread.
    package init(
        _ path: String, run: Run,
        start: @escaping Start = { name, body throws(SluiceError) in
            try BlockingThread.start(name, body)
        },
        onNote: @escaping @Sendable (String) -> Void
    ) {
        self.path = path
        self.run = run
        self.start = start
        self.onNote = onNote
    }

    /// Whether there is anything to write.
    package var isStarted: Bool { monitor.withLock { $0.isStarted } }

    /// Hands over what happened in a second; the first is written at once.
    package func add(_ sample: Sample) {
        let isFirst = monitor.withLock { queue in
            guard !queue.hasFailed else { return false }
            defer { queue.isStarted = true }
            queue.samples.append(sample)
            if !queue.isStarted || queue.samples.count >= Self.batch { queue.isDue = true }
            return !queue.isStarted
        }
        monitor.signal()
        guard isFirst else { return }
        do throws(SluiceError) {
            try start("the time series") { [self] in write() }
        } catch {
            fail(error)
            monitor.end()
        }
    }

    /// Writes what is left and ends the thread.
    package func close() async {
        guard isStarted else { return }
        await monitor.close()
    }

    private func fail(_ error: any Error) {
        monitor.withLock { queue in
            queue.hasFailed = true
            queue.samples = []
        }
        onNote("the time series is not kept: \(StateDatabase.text(error))")
    }

    private func write() {
        var database: StateDatabase?
        var number: Int64 = 0
        var lastThinned: Int64 = 0
        while true {
            let (samples, isLast): ([Sample], Bool) = monitor.wait { queue in
                guard queue.isDue || queue.closing.isAsked else { return nil }
                queue.isDue = false
                defer { queue.samples = [] }
                return (queue.samples, queue.closing.isAsked)
            }
            do {
                if let now = samples.last?.second {
                    let opened = try database ?? open()
                    try opened.queue.write { inside in
                        if database == nil { number = try SampleTable.begin(run, in: inside) }
                        for sample in samples { try SampleTable.add(sample, run: number, in: inside) }
                        if now - lastThinned >= 3600 {
                            try SampleTable.thin(now: now, in: inside)
                            lastThinned = now
                        }
                    }
                    database = opened
                }
            } catch {
                fail(error)
            }
            if isLast {
                database = nil
                return monitor.end()
            }
        }
    }

    private func open() throws -> StateDatabase {
        let database = try StateDatabase(path, isSynced: false, tables: SampleTable.tables)
        if let replaced = database.replaced {
            onNote("the time series was damaged and begins anew; the old file is \(replaced)")
        }
        return database
    }
}
