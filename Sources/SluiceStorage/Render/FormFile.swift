package import SluiceCore

/// `form.json` in the state folder: what must be known to make an output from its journal at any time.
package struct FormFile: Sendable, Equatable {
    /// The input; a path in it is absolute.
    package var source: InputSource?
    /// The part of the input that the output holds, which may be a stream without a path; nil if that is not known.
    private(set) var shard: Shard?
    /// What the output looks like.
    package var form: OutputForm
    /// The field that answers are written to.
    package var answerField: String
    /// The models that every row was asked of, in their order; none where each was asked once.
    package var models: [String]

    /// Everything in its place.
    package init(source: InputSource?, form: OutputForm, answerField: String, models: [String] = []) {
        self.source = source
        shard = source.map { $0.shard ?? .whole }
        self.form = form
        self.answerField = answerField
        self.models = models
    }

    /// What a run with these options leaves, and the models of earlier ones that it keeps the answers of.
    init(_ options: StartOptions, others: [String]) {
        self.init(
            source: options.input, form: options.form, answerField: options.answerField,
            models: options.models + others)
    }

    /// Writes it, unless it says this already.
    package func write(_ paths: OutputPaths) throws(SluiceError) {
        let bytes = json
        if try StateFile.read(paths.form)?.array == bytes { return }
        try AtomicFile.write(bytes, to: paths.form)
    }

    /// Reads it; nil if there is none, or none that can be understood.
    package static func read(_ paths: OutputPaths) throws(SluiceError) -> FormFile? {
        guard let bytes = try StateFile.read(paths.form), let json = try? JSON.parse(bytes),
            let kind = json["format"]?.string.flatMap(OutputForm.Kind.init)
        else { return nil }
        var form = OutputForm(kind)
        form.isPacked = json["packed"]?.bool ?? false
        form.isOrdered = json["ordered"]?.bool ?? false
        form.guardsFormulas = json["formula_guard"]?.bool ?? false
        form.errorField = json["error_column"]?.string
        form.columns = json["columns"]?.elements.compactMap(\.string) ?? []
        form.save = json["save"]?.string
        let shard = json["shard"]?.int.flatMap { index in
            json["shards"]?.int.flatMap { Shard(index: index, count: $0) }
        }
        var source: InputSource?
        if let path = json["input"]?.string {
            let format = InputFormat(name: json["input_format"]?.string ?? "jsonl") ?? .lines
            let isFolder = json["input_is_folder"]?.bool ?? false
            source = InputSource(isFolder ? .folder(path) : .file(path), format: format)
            source?.encoding = json["input_encoding"]?.string
            source?.shard = shard == .whole ? nil : shard
        }
        var file = FormFile(
            source: source, form: form, answerField: json["into"]?.string ?? "output",
            models: json["models"]?.elements.compactMap(\.string) ?? [])
        file.shard = shard
        return file
    }

    private var json: [UInt8] {
        var json = JSONBuilder()
        json.beginObject()
        json.member("schema", 1)
        switch source?.place {
        case .file(let path), .folder(let path):
            json.member("input", (try? RealPath.resolve(path)) ?? path)
        default: break
        }
        if case .folder = source?.place {
            json.member("input_is_folder", true)
        }
        if let source {
            json.member("input_format", source.format.name)
        }
        if let encoding = source?.encoding {
            json.key("input_encoding")
            json.value(encoding)
        }
        if let shard {
            json.member("shard", shard.index)
            json.member("shards", shard.count)
        }
        json.member("into", answerField)
        json.member("format", form.kind.rawValue)
        for (name, value) in [
            ("packed", form.isPacked), ("ordered", form.isOrdered), ("formula_guard", form.guardsFormulas),
        ] where value {
            json.member(name, true)
        }
        for (name, value) in [("error_column", form.errorField), ("save", form.save)] {
            if let value { json.member(name, value) }
        }
        for (name, list) in [("columns", form.columns), ("models", models)] where !list.isEmpty {
            json.key(name)
            json.beginArray()
            for element in list { json.value(element) }
            json.endArray()
        }
        json.endObject()
        return json.bytes + [0x0A]
    }
}
