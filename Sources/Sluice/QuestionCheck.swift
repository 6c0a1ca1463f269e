internal import SluiceCore
internal import SluiceStorage

/// What is common to all rows of a run, held against the first rows before anything is sent.
struct QuestionCheck: Sendable {
    let template: Template?
    let image: ImagePart?
    let hasher: RowHasher
    let asking: Asking

    /// - Throws: ``SluiceError`` if the prompt is no template, or a parameter asks for another way of replying.
    init(_ options: RunOptions) throws(SluiceError) {
        asking = options.asking
        if let name = asking.parameters.map(\.name).first(where: { $0 == "stream" || $0 == "stream_options" }) {
            throw SluiceError(
                .usage, "'\(name)' cannot be set: every answer is asked for in one piece",
                hint: "leave it out; answers are written when they are whole in any case")
        }
        if let text = asking.template { template = try Template(text) } else { template = nil }
        if let text = asking.image { image = try ImagePart(text) } else { image = nil }
        // An image is part of the question, so another one makes it another row; without one nothing changes.
        let asked = [asking.template, asking.image].compactMap(\.self).joined(separator: "\u{0}")
        hasher = RowHasher(
            template: asked.isEmpty ? nil : Bytes(asked), system: asking.system.map { Bytes($0) }, schema: nil,
            answerField: asking.answerField)
    }

    /// Looks at the first rows of a file: a placeholder that names no column, an answer field that is taken.
    func look(at source: InputSource) throws(SluiceError) {
        guard source.isScannable else { return }
        let columns = (template?.columns ?? []) + (image?.columns ?? [])
        var fields: [(flag: String, column: String)] = []
        if template == nil, let field = asking.textField { fields.append(("--text-field", field)) }
        // Elsewhere a few rows may name a model of their own.
        if source.format.isTable, let field = asking.modelField { fields.append(("--model-field", field)) }
        var check = TemplateCheck(columns, fields: fields)
        let stage = PlanStage(self, known: nil)
        var refusal: SluiceError?
        try FirstRecords.read(source, count: TemplateCheck.rows) { record in
            guard refusal == nil, case .success(let row) = stage.read(record) else { return }
            check.look(at: row.json)
            do throws(SluiceError) { try stage.checkAnswerField(row) } catch { refusal = error }
        }
        if let refusal { throw refusal }
        try check.finish()
    }

    /// Looks at all rows of a file for one that cannot be asked; takes as long as to plan them.
    /// - Throws: ``SluiceError`` of code `configuration` with its line.
    func refuseUnaskable(in source: InputSource, shouldStop: () -> Bool) throws(SluiceError) {
        guard source.isScannable else { return }
        let stage = PlanStage(self, known: nil)
        var found: (line: Int, message: String)?
        try FirstRecords.read(source, count: .max, until: { found != nil || shouldStop() }) { record in
            for model in asking.variants {
                guard found == nil, case .success(let row) = stage.read(record.asked(of: model)) else { return }
                do throws(Failure) { _ = try stage.order(row) } catch { found = (row.line, error.message) }
            }
        }
        guard let found else { return }
        throw SluiceError(
            .configuration, "a row that cannot be asked, and --strict: \(found.message)",
            hint: "without --strict such rows go to the errors file, and the others are asked", file: source.name,
            line: found.line)
    }
}
