internal import SluiceCore
internal import SluiceStorage

/// Keeps `run.json` up to date, on the writer's thread.
struct ManifestFile: Sendable {
    private static let interval = TimeSpan.seconds(2)
    private let manifest: RunManifest
    private let path: String
    private let writer: DurableWriter
    private let environment: Environment

    init(_ options: RunOptions, paths: OutputPaths, spent: SpentMoney, writer: DurableWriter, environment: Environment)
    {
        manifest = RunManifest(
            title: options.title, input: options.input ?? "-", output: paths.output, model: options.asking.model,
            started: environment.now().wall, spent: spent)
        path = paths.manifest
        self.writer = writer
        self.environment = environment
    }

    /// Writes how the run stands, every few seconds until the task is cancelled.
    func keep(_ progress: @escaping @Sendable () -> Progress?) async {
        while !Task.isCancelled {
            await write(progress(), ended: nil)
            do { try await environment.sleep(Self.interval) } catch { return }
        }
    }

    /// Writes it once.
    ///
    /// The manifest is for people; that it cannot be written must not stop a run.
    func write(_ progress: Progress?, ended summary: RunSummary?) async {
        let text = manifest.text(progress, ended: summary, now: environment.now().wall)
        let path = self.path
        try? await writer.perform { () throws(SluiceError) in try AtomicFile.write(text, to: path) }
    }
}
