internal import SluiceCore
internal import SluiceStorage

/// What the manifest of the run before says that this one should know.
enum FormerRun {
    /// What the answers in an output were asked with; none if there are no answers.
    static func read(_ store: OutputStore) -> [AskedWith] {
        guard store.counts.finished + store.counts.others > 0, let paths = store.paths,
            let bytes = try? StateFile.read(paths.manifest), let manifest = try? JSON.parse(bytes)
        else { return [] }
        // Older versions wrote down the last run only.
        return manifest["answered_with"]?.elements.map { AskedWith($0) } ?? [AskedWith(manifest)]
    }

    /// Says so if finished rows were answered by another model, at another endpoint, or with other parameters: they are
    /// not asked again by themselves (F14).
    static func compare(_ options: RunOptions, _ former: [AskedWith], _ onEvent: (RunEvent) -> Void) {
        let own = AskedWith(options.asking)
        var models: [String] = []
        var parameters: [String] = []
        var endpoints: [String] = []
        for other in former where other != own {
            let (place, ownPlace) = (other.endpoint ?? "chat", own.endpoint ?? "chat")
            if place != ownPlace, !endpoints.contains(place) { endpoints.append(place) }
            if let model = other.model, let asked = own.model, model != asked {
                if !models.contains(model) { models.append(model) }
            } else if other.parameters != own.parameters {
                parameters.append(other.parameters.text)
            }
        }
        if let model = own.model, !models.isEmpty {
            let names = models.joined(separator: ", ")
            onEvent(RunEvent("the answers of \(names) stay; --redo-all asks \(model) for these rows too"))
        }
        if !endpoints.isEmpty {
            let names = endpoints.joined(separator: ", ")
            onEvent(
                RunEvent("the answers of the endpoint \(names) stay; --redo-all asks \(own.endpoint ?? "chat") instead")
            )
        }
        if !parameters.isEmpty {
            let texts = parameters.joined(separator: ", ")
            onEvent(RunEvent("the answers that were given with \(texts) stay; --redo-all asks for these rows anew"))
        }
    }
}
