public import SluiceCore
internal import SluiceScheduling
internal import SluiceStorage
internal import SluiceTransport

/// One run: rows in, answers out, at the full rate that the limits allow.
///
/// ```swift
/// var options = RunOptions()
/// options.input = "rows.jsonl"
/// options.output = "answers.jsonl"
/// options.asking.model = "gpt-5-mini"
/// options.accounts = [Account(name: "openai", base: try BaseURL("https://api.openai.com/v1"), keys: [key])]
/// let summary = try await Run(options).execute()
/// ```
public final class Run: Sendable {
    private struct State {
        var pipeline: Pipeline?
        var transport: (any Transport)?
        var began = Instant.never
        var total: Int?
        var before = SpentMoney()
        var stop: StopCause?
    }

    private let options: RunOptions
    private let environment: Environment
    private let events: EventLog
    private let state = Guarded(State())

    /// Prepares a run; nothing is read or sent before ``execute()``.
    /// - Parameter onEvent: Called for what people should know while it goes on, from any thread.
    public init(
        _ options: RunOptions, environment: Environment = .live,
        onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) {
        self.options = options
        self.environment = environment
        events = EventLog(now: environment.now, onEvent: onEvent)
    }

    /// Runs to the end of the input, or until it is stopped; every row is then accounted for.
    ///
    /// Cancelling the task breaks off what is in flight, as a second ``stop(_:)`` does.
    /// - Throws: ``SluiceError`` if nothing could be started; trouble after that is in the summary's `cause`.
    public func execute() async throws(SluiceError) -> RunSummary {
        let prepared = try await Preparation.make(options, environment: environment, events: events) { [self] in
            state.withLock { $0.stop != nil }
        }
        guard let preparation = prepared else { return stoppedEarly() }
        let (pipeline, transport) = try await start(preparation)
        // Only the stages that stop: the pipeline itself would keep the state that keeps this closure.
        pipeline.state.onHalt { [read = pipeline.read, admit = pipeline.admit, disk = pipeline.disk] in
            read.stop()
            admit.stop()
            disk.open()
        }
        let began = environment.now().mono
        let stopped = state.withLock { state in
            state.pipeline = pipeline
            state.transport = transport
            state.began = began
            state.total = preparation.total
            state.before = preparation.before
            return state.stop
        }
        if let stopped { pipeline.state.halt(stopped) }

        await withDiscardingTaskGroup { group in
            group.addTask { [hasBudget = options.maxCost != nil] in
                await preparation.manifest?.keep(hasBudget ? pipeline : nil) { self.progress() }
            }
            group.addTask { [environment, options] in
                // A hundredth is near enough; all who wait are looked through.
                let span = options.rowDeadline.seconds / 100
                while (try? await environment.sleep(.seconds(max(0.2, min(60, span))))) != nil {
                    pipeline.admit.expire(after: options.rowDeadline)
                }
            }
            let gauges = preparation.gaugeWatches(pipeline, transport)
            group.addTask { await gauges.keep() }
            if let watch = preparation.watch(pipeline, gauges) {
                group.addTask { await watch.keep(preparation.accounts) }
            }
            group.addTask { [environment] in
                while (try? await environment.sleep(.seconds(1))) != nil {
                    pipeline.report.sampleWait(on: pipeline.admit.waiting()?.cause)
                    preparation.series?.take(pipeline, at: environment.now().wall)
                }
            }
            await withTaskCancellationHandler {
                await pipeline.run(on: transport.executor)
            } onCancel: {
                // Whoever cancels waits for no answer, as at a second Ctrl-C.
                stop(.interrupted)
                stop(.interrupted)
            }
            group.cancelAll()
        }
        await preparation.series?.end(pipeline, at: environment.now().wall)
        let summary = await preparation.finish(pipeline, elapsed: environment.now().mono - began)
        state.withLock { state in
            state.pipeline = nil
            state.transport = nil
        }
        await transport.shutdown()
        return summary
    }

    /// Opens the way to the providers and puts the stages together; where that fails, nothing stays open.
    private func start(_ preparation: Preparation) async throws(SluiceError) -> (Pipeline, any Transport) {
        do throws(SluiceError) {
            let transport = try await environment.connect(
                preparation.transportSettings { [self] in state.withLock { $0.pipeline?.admit } })
            do throws(SluiceError) {
                return (try preparation.pipeline(transport: transport), transport)
            } catch {
                await transport.shutdown()
                throw error
            }
        } catch {
            await preparation.abandon()
            throw error
        }
    }

    private func stoppedEarly() -> RunSummary {
        RunSummary(
            counts: RunCounts(), models: [], elapsed: .zero, failures: [], spent: SpentMoney(), reservation: nil,
            foundConcurrency: nil, cause: state.withLock { $0.stop },
            outputPath: options.output, errorsPath: nil)
    }

    /// Ends the run in good order: nothing more is admitted, requests in flight finish and are written.
    ///
    /// After SIGTERM they get ``RunOptions/grace``; a second call breaks them off at once.
    public func stop(_ cause: StopCause) {
        let (pipeline, transport, isSecond) = state.withLock { state in
            defer { if state.stop == nil { state.stop = cause } }
            return (state.pipeline, state.transport, state.stop != nil)
        }
        guard let pipeline, let transport else { return }
        if isSecond {
            pipeline.state.abort()
            pipeline.record.abandon()
            return transport.abort()
        }
        let inFlight = pipeline.admit.snapshot().inFlight
        events.take(RunEvent("stopping: \(inFlight) requests in flight may finish; once more to stop now"))
        pipeline.state.halt(cause)
        if case .terminated = cause {
            _ = transport.schedule(after: options.grace) {
                pipeline.state.abort()
                pipeline.record.abandon()
                transport.abort()
            }
        }
    }

    /// How the run stands; nil before it sends and after it ended.
    public func progress() -> Progress? {
        let (pipeline, began, total, before) = state.withLock { ($0.pipeline, $0.began, $0.total, $0.before) }
        guard let pipeline else { return nil }
        let now = environment.now().mono
        let tally = pipeline.report.snapshot()
        var counts = tally.counts
        counts.read = total ?? pipeline.read.handed
        let elapsed = now - began
        let rate = tally.recent.perSecond(at: now, age: elapsed)
        let finished = counts.answered + counts.cached + counts.deduplicated + counts.failed + counts.doneBefore
        let remaining = total.flatMap { rate > 0 ? TimeSpan.seconds(Double($0 - finished) / rate) : nil }
        var spent = before
        spent.inFlight = pipeline.admit.reserved
        let admission = pipeline.admit.snapshot()
        return Progress(
            title: options.title, counts: counts, models: tally.counts(of: options.asking.models), total: total,
            spent: spent, elapsed: elapsed, rate: rate, remaining: remaining,
            inFlight: admission.inFlight, foundConcurrency: admission.foundConcurrency,
            waiting: pipeline.waiting()?.text,
            failures: tally.groups.values.sorted { $0.count > $1.count })
    }
}
