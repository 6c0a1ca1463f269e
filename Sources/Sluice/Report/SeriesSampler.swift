internal import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Looks every second at what a run has counted, and hands what is new to the time series.
final class SeriesSampler: Sendable {
    private let series: RunSeries
    private let last = Guarded(Tally.State())

    init(_ options: RunOptions, paths: OutputPaths, started: WallTime, onEvent: @escaping @Sendable (RunEvent) -> Void)
    {
        let run = RunSeries.Run(
            started: started, pid: Int(getpid()), title: options.title, model: options.asking.model)
        series = RunSeries(paths.database, run: run) { onEvent(RunEvent($0, isError: true)) }
    }

    /// Takes what happened since the last look.
    func take(_ pipeline: Pipeline, at now: WallTime) {
        series.add(sample(pipeline, at: now))
    }

    /// Takes the rest, unless the run was over before the first look, and waits until all is written.
    func end(_ pipeline: Pipeline, at now: WallTime) async {
        guard series.isStarted else { return }
        take(pipeline, at: now)
        await series.close()
    }

    private func sample(_ pipeline: Pipeline, at now: WallTime) -> Sample {
        let tally = pipeline.report.snapshot()
        let last = last.withLock { last in
            defer { last = tally }
            return last
        }
        let (counts, before) = (tally.counts, last.counts)
        var sample = Sample(second: now.nanoseconds / 1_000_000_000)
        sample.sent = counts.attempts - before.attempts
        sample.answered = counts.answered - before.answered
        sample.failed = counts.failed - before.failed
        sample.refused = counts.refused - before.refused
        sample.input = counts.usage.input - before.usage.input
        sample.output = counts.usage.output - before.usage.output
        sample.cost = counts.cost - before.cost
        sample.inFlight = pipeline.admit.snapshot().inFlight
        sample.waiting = pipeline.waiting()?.cause
        for (kind, count) in tally.classes where count > last.classes[kind, default: 0] {
            sample.failures[kind.rawValue] = count - last.classes[kind, default: 0]
        }
        return sample
    }
}
