internal import SluiceCore
internal import SluiceStorage

/// Keeps `run.json`, and the events beside it, up to date, on the writer's thread.
struct ManifestFile: Sendable {
    private static let interval = TimeSpan.seconds(2)
    private let manifest: Guarded<RunManifest>
    private let path: String
    private let writer: DurableWriter
    private let environment: Environment
    private let patience: TimeSpan
    private let events: EventLog

    init(
        _ options: RunOptions, paths: OutputPaths, fingerprint: InputFingerprint?, slots: Int, spent: SpentMoney,
        former: [AskedWith], writer: DurableWriter, environment: Environment,
        events: EventLog
    ) {
        let manifest = RunManifest(
            title: options.title, input: options.input ?? "-", fingerprint: fingerprint, output: paths.output,
            asked: AskedWith(options.asking), former: former, models: options.asking.models, slots: slots,
            totalRequestsPerMinute: options.totalRequestsPerMinute, accounts: options.accounts,
            started: environment.now().wall, spent: spent)
        self.manifest = Guarded(manifest)
        path = paths.manifest
        self.writer = writer
        self.environment = environment
        self.events = events
        patience = options.diskWait
    }

    /// The accounts are others from now on.
    func update(_ accounts: [Account]) { manifest.withLock { $0.accounts = accounts } }

    private var current: RunManifest { manifest.withLock(\.self) }

    /// Writes how the run stands, every few seconds until the task is cancelled, and sooner before the budget goes
    /// further than was written.
    ///
    /// A budget that cannot be written any further lets nothing be sent; after ``RunOptions/diskWait`` it ends the run.
    /// - Parameter pipeline: Whose budget is kept; nil where there is none.
    func keep(_ pipeline: Pipeline?, _ progress: @escaping @Sendable () -> Progress?) async {
        var lease: Money?
        var due = Instant(nanoseconds: .min)
        var failingSince: Instant?
        while !Task.isCancelled {
            let wanted = pipeline?.admit.wantedLease
            let now = environment.now().mono
            if now >= due || wanted != nil && failingSince == nil {
                let error = await write(progress(), lease: wanted ?? lease, ended: nil)
                due = now + Self.interval
                if error == nil, let wanted {
                    lease = wanted
                    pipeline?.admit.extend(to: wanted)
                }
                let trouble = wanted == nil ? nil : error
                if let trouble, failingSince == nil { events.take(RunEvent(Self.text(trouble), isError: true)) }
                failingSince = trouble == nil ? nil : failingSince ?? now
                if let trouble, let failingSince, now - failingSince >= patience {
                    pipeline?.state.halt(.error(trouble))
                }
            }
            do { try await environment.sleep(pipeline == nil ? Self.interval : Self.leaseInterval) } catch { return }
        }
    }

    private static func text(_ error: SluiceError) -> String {
        "\(error.message); nothing more is sent until it can be written how far the budget may go"
    }

    /// How often the budget is looked after; a request that waits for it waits no longer.
    private static let leaseInterval = TimeSpan.milliseconds(10)

    /// Writes how the run ended once more, after the writer has closed or failed.
    func writeLast(_ summary: RunSummary) async {
        let text = current.text(nil, ended: summary, now: environment.now().wall)
        let path = self.path
        try? await BlockingThread.run("ending") { () throws(SluiceError) in try AtomicFile.write(text, to: path) }
    }

    /// Writes it once; returns why that was not possible.
    ///
    /// The manifest is for people, so that it cannot be written must not stop a run without a budget.
    @discardableResult
    func write(_ progress: Progress?, lease: Money? = nil, ended summary: RunSummary?) async -> SluiceError? {
        let text = current.text(progress, lease: lease, ended: summary, now: environment.now().wall)
        let path = self.path
        do throws(SluiceError) {
            try await writer.perform { [events] () throws(SluiceError) in
                events.write()
                try AtomicFile.write(text, to: path)
            }
            return nil
        } catch {
            return error
        }
    }
}
