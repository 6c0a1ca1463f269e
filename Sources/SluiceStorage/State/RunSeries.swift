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

    private struct Queue {
        var samples: [Sample] = []
        var isStarted = false
        var isDue = false
        var closer: Suspension<Void>?
        var isClosing = false
    }

    /// So many seconds are written together; a killed process loses no more.
    private static let batch = 5
    private let path: String
    private let run: Run
    private let onNote: @Sendable (String) -> Void
    private let monitor = Monitor(Queue())

    /// - Parameter path: The database; it is made when there is something to write.
    /// - Parameter onNote: Called with what people should know, usually on the thread.
    package init(_ path: String, run: Run, onNote: @escaping @Sendable (String) -> Void) {
        self.path = path
        self.run = run
        self.onNote = onNote
    }

    /// Whether there is anything to write.
    package var isStarted: Bool { monitor.withLock { $0.isStarted } }

    /// Hands over what happened in a second; the first is written at once.
    package func add(_ sample: Sample) {
        let isFirst = monitor.withLock { queue in
            defer { queue.isStarted = true }
            queue.samples.append(sample)
            if !queue.isStarted || queue.samples.count >= Self.batch { queue.isDue = true }
            return !queue.isStarted
        }
        monitor.signal()
        guard isFirst else { return }
        do throws(SluiceError) {
            try BlockingThread.start("the time series") { [self] in write() }
        } catch {
            monitor.withLock { $0.isStarted = false }
            onNote("the time series is not kept: \(error.message)")
        }
    }

    /// Writes what is left and ends the thread.
    package func close() async {
        guard isStarted else { return }
        await suspended { waiter in
            monitor.withLock { queue in
                queue.closer = waiter
                queue.isClosing = true
                queue.isDue = true
            }
            monitor.signal()
        }
    }

    private func write() {
        var database: StateDatabase?
        var number: Int64 = 0
        var hasFailed = false
        var lastThinned: Int64 = 0
        while true {
            let (samples, closer): ([Sample], Suspension<Void>?) = monitor.wait { queue in
                guard queue.isDue else { return nil }
                queue.isDue = false
                defer { queue.samples = [] }
                return (queue.samples, queue.isClosing ? queue.closer : nil)
            }
            do {
                if !hasFailed, let now = samples.last?.second {
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
                hasFailed = true
                onNote("the time series is not kept: \(StateDatabase.text(error))")
            }
            if let closer {
                database = nil
                return closer.resume(returning: ())
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
