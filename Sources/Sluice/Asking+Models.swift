internal import SluiceCore
internal import SluiceStorage

/// Rows that are asked of several models, each row of each; the rules are in docs/decisions/0029-model-comparison.md.
extension Asking {
    /// The ways in which a row is asked: of each of ``models``, or once.
    var variants: [String?] { models.isEmpty ? [nil] : models }

    /// The models that the run itself names, with those that step in for them.
    var namedModels: [String] {
        let fallbacks = Fallbacks(self)
        return (model.map { [$0] } ?? models).flatMap { name in
            let (first, fallback) = fallbacks.start(name)
            return [first] + (fallback?.models ?? [])
        }
    }

    /// Refuses what a comparison of models cannot be, before anything is read.
    /// - Throws: ``SluiceError`` of code `usage`.
    func checkModels(_ files: Files, output: String?) throws(SluiceError) {
        guard !models.isEmpty else { return }
        func refuse(_ other: String, _ hint: String) throws(SluiceError) {
            throw SluiceError(.usage, "--models and \(other) cannot be used together", hint: hint)
        }
        if model != nil { try refuse("-m", "--models names all models that every row is asked of") }
        if modelField != nil { try refuse("--model-field", "with --models a row's own model is not asked") }
        if !fallbacks.isEmpty {
            try refuse("--fallback", "an answer of another model in a model's place would spoil the comparison")
        }
        if models.contains("") { throw SluiceError(.usage, "--models names a model without a name") }
        if Set(models).count < models.count {
            throw SluiceError(.usage, "--models names a model twice", hint: "each is asked once about a row")
        }
        if answerField == "asked" || files.errorColumn == "asked" || files.answerColumns.contains("asked") {
            try refuse("a field or column 'asked'", "that is where the model goes; choose another name")
        }
        let form = try? files.form(output)
        if let form, !form.holdsModels {
            throw SluiceError(
                .usage,
                "--models cannot be used with \(form.kind == .folder ? "--out-dir" : "--format \(form.kind.rawValue)"), "
                    + "which has one answer for each row",
                hint: "rows, jsonl, json, csv and tsv have a line for each row and model")
        }
    }
}
