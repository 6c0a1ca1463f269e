internal import SluiceCore
internal import SluiceStorage

/// Keeps `run.json` up to date, on the writer's thread.
struct ManifestFile: Sendable {
    private static let interval = TimeSpan.seconds(2)
    private let manifest: RunManifest
    private let path: String
    private let writer: DurableWriter
    private let environment: Environment

    init(
        _ options: RunOptions, paths: OutputPaths, fingerprint: InputFingerprint?, slots: Int, spent: SpentMoney,
        writer: DurableWriter, environment: Environment
    ) {
        manifest = RunManifest(
            title: options.title, input: options.input ?? "-", fingerprint: fingerprint, output: paths.output,
            model: options.asking.model, slots: slots, totalRequestsPerMinute: options.totalRequestsPerMinute,
            accounts: options.accounts, started: environment.now().wall, spent: spent)
        path = paths.manifest
        self.writer = writer
        self.environment = environment
    }

    /// Writes how the run stands, every few seconds until the task is cancelled, and sooner before the budget goes
    /// further than was written.
    /// - Parameter admission: Keeps the budget; nil where there is none.
    func keep(_ admission: Admission?, _ progress: @escaping @Sendable () -> Progress?) async {
        var lease: Money?
        var due = Instant(nanoseconds: .min)
        while !Task.isCancelled {
            let wanted = admission?.wantedLease
            let now = environment.now().mono
            if wanted != nil || now >= due {
                let isWritten = await write(progress(), lease: wanted ?? lease, ended: nil)
                due = now + Self.interval
                if let wanted, isWritten {
                    lease = wanted
                    admission?.extend(to: wanted)
                }
            }
            do { try await environment.sleep(admission == nil ? Self.interval : Self.leaseInterval) } catch { return }
        }
    }

    /// How often the budget is looked after; a request that waits for it waits no longer.
    private static let leaseInterval = TimeSpan.milliseconds(10)

    /// Writes it once; returns whether that was possible.
    ///
    /// The manifest is for people, so that it cannot be written must not stop a run without a budget.
    @discardableResult
    func write(_ progress: Progress?, lease: Money? = nil, ended summary: RunSummary?) async -> Bool {
        let text = manifest.text(progress, lease: lease, ended: summary, now: environment.now().wall)
        let path = self.path
        do throws(SluiceError) {
            try await writer.perform { () throws(SluiceError) in try AtomicFile.write(text, to: path) }
            return true
        } catch {
            return false
        }
    }
}
