internal import SluiceCore
internal import SluiceStorage

/// What the manifest of the run before says that this one should know.
enum FormerRun {
    /// Says so if finished rows were answered by another model, or with other parameters: they are not asked again by
    /// themselves (F14).
    static func compare(_ options: RunOptions, _ store: OutputStore, _ onEvent: (RunEvent) -> Void) {
        guard store.counts.finished > 0, let paths = store.paths, let bytes = try? StateFile.read(paths.manifest),
            let manifest = try? JSON.parse(bytes)
        else { return }
        if let model = options.asking.model, let former = manifest["model"]?.string, former != model {
            onEvent(RunEvent("the answers of \(former) stay; --redo-all asks \(model) for these rows too"))
        } else if let former = manifest["parameters"]?.raw, former != Bytes.object(options.asking.parameters) {
            onEvent(
                RunEvent("the answers that were given with \(former.text) stay; --redo-all asks for these rows anew"))
        }
    }
}

extension Bytes {
    /// Parameters as a JSON object.
    static func object(_ parameters: [(name: String, value: JSON)]) -> Bytes {
        var json = JSONBuilder()
        json.beginObject()
        for parameter in parameters { json.member(parameter.name, raw: parameter.value.raw) }
        json.endObject()
        return Bytes(json.bytes)
    }
}
