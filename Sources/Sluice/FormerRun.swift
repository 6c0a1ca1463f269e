internal import SluiceCore
internal import SluiceStorage

/// What the manifest of the run before says that this one should know.
enum FormerRun {
    /// Says so if finished rows were answered by another model: they are not asked again by themselves (F14).
    static func compare(_ options: RunOptions, _ store: OutputStore, _ onEvent: (RunEvent) -> Void) {
        guard store.counts.finished > 0, let model = options.asking.model, let paths = store.paths,
            let bytes = try? StateFile.read(paths.manifest), let manifest = try? JSON.parse(bytes),
            let former = manifest["model"]?.string, former != model
        else { return }
        onEvent(RunEvent("the answers of \(former) stay; --redo-all asks \(model) for these rows too"))
    }
}
