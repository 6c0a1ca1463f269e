import SluiceCore

/// The writer thread's side of a ``DurableWriter``.
struct WriterThread: Sendable {
    private enum Work {
        case lines
        case end
    }

    private let monitor: Monitor<WriteQueue>
    private let paths: OutputPaths?
    private let options: WriterOptions
    private let clock: @Sendable () -> Instant
    private let onDisk: @Sendable (DiskEvent) -> Void
    private var outputFile: WrittenFile
    private var errorsFile: WrittenFile?
    private var lastLook: Instant

    init(
        _ target: OutputTarget, options: WriterOptions, clock: @escaping @Sendable () -> Instant,
        onDisk: @escaping @Sendable (DiskEvent) -> Void, monitor: Monitor<WriteQueue>
    ) throws(SluiceError) {
        self.monitor = monitor
        self.options = options
        self.clock = clock
        self.onDisk = onDisk
        lastLook = clock()
        switch target {
        case .file(let paths):
            self.paths = paths
            do {
                outputFile = try WrittenFile(paths.answers)
            } catch {
                throw error.stopping("write", paths.answers)
            }
        case .stream(let descriptor):
            paths = nil
            outputFile = WrittenFile(stream: descriptor)
        }
    }

    /// Writes until the writer is closed.
    mutating func run() {
        // The lines in hand; swapped with the queue's, so that two buffers serve the whole run.
        var output = WriteQueue.Lines()
        var errors = WriteQueue.Lines()
        while true {
            var jobs: [WriteQueue.Job] = []
            let work: Work = monitor.wait { queue in
                if queue.hasWork {
                    swap(&queue.output, &output)
                    swap(&queue.errors, &errors)
                    swap(&queue.jobs, &jobs)
                    return .lines
                }
                queue.writerSleeps = !queue.closing.isAsked
                return queue.closing.isAsked ? .end : nil
            }
            guard work == .lines else { break }
            let isBusy = output.waiters.count > 1
            commit(&output, &errors)
            for job in jobs { run(job) }
            if isBusy, options.gather > .zero { _ = monitor.pause(for: options.gather) { $0.closing.isAsked } }
        }
        end()
    }

    private mutating func commit(_ output: inout WriteQueue.Lines, _ errors: inout WriteQueue.Lines) {
        var progress = GroupProgress()
        do throws(SluiceError) {
            try write(output, errors, &progress)
            progress.isWritten = true
            try sync()
            try look(always: false)
            monitor.withLock { $0.durable += output.waiters.count }
            for entry in output.waiters { entry.waiter.resume(returning: nil) }
            for entry in errors.waiters { entry.waiter.resume(returning: nil) }
        } catch {
            fail(error, output, errors, progress)
        }
        output.clear()
        errors.clear()
    }

    private mutating func write(
        _ output: WriteQueue.Lines, _ errors: WriteQueue.Lines, _ progress: inout GroupProgress
    ) throws(SluiceError) {
        try write(output, to: &outputFile, done: &progress.output)
        guard !errors.isEmpty else { return }
        if errorsFile == nil { errorsFile = try openErrors() }
        if var file = errorsFile {
            defer { errorsFile = file }
            try write(errors, to: &file, done: &progress.errors)
        }
    }

    private func openErrors() throws(SluiceError) -> WrittenFile {
        guard let path = paths?.errors else {
            throw SluiceError(.invariant, "a stream has no errors file")
        }
        do {
            return try WrittenFile(path)
        } catch {
            throw error.stopping("write", path, code: .disk)
        }
    }

    /// Writes lines, waiting for room as long as allowed; `done` tells how far it came, at the end of a line.
    private func write(
        _ lines: WriteQueue.Lines, to file: inout WrittenFile, done: inout Int
    ) throws(SluiceError) {
        var waited = TimeSpan.zero
        while true {
            do {
                try file.write(lines.bytes, from: &done)
                if waited > .zero { onDisk(.room) }
                return
            } catch {
                // Back to the last line end, so that no torn line is left whatever happens next.
                let boundary = file.isStream ? done : lines.waiters.last { $0.end <= done }?.end ?? 0
                do {
                    try file.cut(done - boundary)
                } catch let second {
                    throw second.stopping("repair the end of", file.file.path, code: .disk)
                }
                done = boundary
                guard error.meansFull else { throw stopping(error, file) }
                if waited == .zero { onDisk(.full(error.stopping("write", file.file.path, code: .disk))) }
                let isImpatient = monitor.pause(for: options.retryEvery) { $0.isImpatient }
                waited = TimeSpan(nanoseconds: waited.nanoseconds + max(1, options.retryEvery.nanoseconds))
                if isImpatient || waited > options.diskWait { throw stopping(error, file) }
            }
        }
    }

    private func stopping(_ error: SystemError, _ file: WrittenFile) -> SluiceError {
        if file.isStream, error.isClosedPipe {
            return SluiceError(.io, "nobody reads \(file.file.path) any more")
        }
        return error.stopping("write", file.file.path, code: .disk)
    }

    private mutating func sync() throws(SluiceError) {
        guard options.durability == .sync else { return }
        do {
            try outputFile.sync()
            try errorsFile?.sync()
        } catch {
            let known = monitor.withLock { $0.durable }
            throw SluiceError(
                .disk,
                "cannot make \(outputFile.file.path) durable: \(error.text); "
                    + "what was written after the first \(known) answers of this run may be lost",
                hint: "check the disk, then run the same command again: it counts what is really there")
        }
    }

    /// Sees whether the output is still where it was.
    private mutating func look(always: Bool) throws(SluiceError) {
        let now = clock()
        guard always || now - lastLook >= options.retryEvery else { return }
        lastLook = now
        do {
            if try outputFile.isStillThere(), try errorsFile?.isStillThere() ?? true { return }
        } catch {
            throw error.stopping("look at", outputFile.file.path, code: .disk)
        }
        throw SluiceError(
            .disk, "\(outputFile.file.path) was deleted, replaced or cut while the run was writing to it",
            hint: "keep other programs away from the output and its errors file during a run")
    }

    private func run(_ job: WriteQueue.Job) {
        do throws(SluiceError) {
            if let failure = monitor.withLock({ $0.failure }) { throw failure }
            try job.body()
            job.waiter.resume(returning: nil)
        } catch {
            job.waiter.resume(returning: error)
        }
    }

    /// Acknowledges the lines that are durable in spite of an error; all others, and all later ones, get the error.
    private mutating func fail(
        _ error: SluiceError, _ output: WriteQueue.Lines, _ errors: WriteQueue.Lines, _ progress: GroupProgress
    ) {
        // A sync is never tried twice: the second may succeed although the pages of the first are gone.
        let written = !progress.isWritten && isSavedSoFar() ? progress : GroupProgress()
        var queued = (output: WriteQueue.Lines(), errors: WriteQueue.Lines())
        let saved = output.waiters.count { $0.end <= written.output }
        let lost = monitor.withLock { queue -> SluiceError in
            swap(&queue.output, &queued.output)
            swap(&queue.errors, &queued.errors)
            queue.durable += saved
            let count = output.waiters.count - saved + queued.output.waiters.count
            let failure = progress.isWritten ? error : Self.adding(lost: count, to: error)
            queue.failure = failure
            return failure
        }
        for (lines, end) in [
            (output, written.output), (errors, written.errors), (queued.output, 0), (queued.errors, 0),
        ] {
            for entry in lines.waiters { entry.waiter.resume(returning: entry.end <= end ? nil : lost) }
        }
    }

    private mutating func isSavedSoFar() -> Bool {
        do throws(SluiceError) {
            try sync()
            try look(always: true)
            return true
        } catch {
            return false
        }
    }

    private static func adding(lost count: Int, to error: SluiceError) -> SluiceError {
        guard error.code == .disk, count > 0 else { return error }
        return SluiceError(
            error.code, "\(error.message); \(count) answer\(count == 1 ? "" : "s") in hand could not be written",
            hint: error.hint, file: error.file, line: error.line)
    }

    private mutating func end() {
        do throws(SluiceError) {
            if monitor.withLock({ $0.failure == nil }) { try look(always: true) }
        } catch {
            monitor.withLock { $0.failure = error }
        }
        monitor.end()
    }
}
