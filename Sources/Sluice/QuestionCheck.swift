internal import SluiceCore
internal import SluiceStorage

/// What is common to all rows of a run, held against the first rows before anything is sent.
struct QuestionCheck: Sendable {
    let template: Template?
    let image: ImagePart?
    let hasher: RowHasher
    let asking: Asking
    /// The fields that the output gets beside the answer, each with the flag that names it.
    private let added: [(flag: String, field: String)]

    /// - Throws: ``SluiceError`` if the prompt is no template, or a parameter asks for another way of replying.
    init(_ options: RunOptions) throws(SluiceError) {
        asking = options.asking
        added =
            options.files.answerColumns.map { ("--columns", $0) }
            + [options.files.errorColumn].compactMap { $0.map { ("--error-column", $0) } }
        if let name = asking.parameters.map(\.name).first(where: { $0 == "stream" || $0 == "stream_options" }) {
            throw SluiceError(
                .usage, "'\(name)' cannot be set: every answer is asked for in one piece",
                hint: "leave it out; answers are written when they are whole in any case")
        }
        if let text = asking.template { template = try Template(text) } else { template = nil }
        if let text = asking.image { image = try ImagePart(text) } else { image = nil }
        // Another column asks something else, as the template does that it stands for.
        let prompt = asking.template ?? asking.textField.map { "{{\($0)}}" }
        // An image is part of the question, so another one makes it another row; without one nothing changes.
        let asked = [prompt, asking.image].compactMap(\.self).joined(separator: "\u{0}")
        hasher = RowHasher(
            template: asked.isEmpty ? nil : Bytes(asked), system: asking.system.map { Bytes($0) }, schema: nil,
            answerField: asking.answerField)
        try refuseAnswerFieldInPrompt()
    }

    /// The columns that the prompt is made of, each with what names it.
    private var prompted: [(flag: String, column: String)] {
        let texts =
            template?.columns.map { ("the prompt", $0) } ?? asking.textField.map { [("--text-field", $0)] } ?? []
        return texts + (image?.columns ?? []).map { ("--image", $0) }
    }

    /// Whether a column of the prompt is the field of the answers: a result has an answer there that its hash leaves out
    /// and that its new answer would replace.
    var asksAnswers: Bool { prompted.contains { $0.column == asking.answerField } }

    /// Only a bare text has its column `text` and the answer in a field of that name, too.
    private func refuseAnswerFieldInPrompt() throws(SluiceError) {
        guard let taken = prompted.first(where: { $0.column == asking.answerField }),
            taken.column != RowShape.textColumn
        else { return }
        throw SluiceError(
            .configuration, "'\(taken.column)', which \(taken.flag) names, is the field that the answer goes to",
            hint: "choose another field for the answer with --into")
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
            guard refusal == nil, case .success(let row) = stage.read(record), row.defect == nil else { return }
            check.look(at: row.json)
            do throws(SluiceError) {
                try stage.checkAnswerField(row)
                try checkAdded(row)
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
        try check.finish()
    }

    /// A field of the row that the output would have twice.
    private func checkAdded(_ row: Row) throws(SluiceError) {
        guard let members = row.members else { return }
        for (flag, field) in added where members.contains(where: { $0.hasName(field) }) {
            throw SluiceError(
                .configuration, "the row has a field '\(field)' already, which \(flag) names",
                hint: "give one of them another name", file: asking.inputName, line: row.line)
        }
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
