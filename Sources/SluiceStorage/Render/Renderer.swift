package import SluiceCore

/// Makes an output of the input and the answers: in the order of the input, in any form, atomically.
///
/// The rows are joined with their answers by their content, so neither the prompt nor the model of the run is needed.
/// Memory follows the number of answers, twelve bytes each, not their size.
package struct Renderer: Sendable {
    private let source: InputSource
    private let answers: [String]
    private let errors: [String]
    private let form: OutputForm
    private let answerField: String
    private let models: [String]
    private let lineLimit: Int
    private let part: @Sendable (_ reply: JSON, _ name: String) -> JSON?

    /// - Parameters:
    ///   - source: the input; it must be one that can be read twice.
    ///   - answers: the files with answers; of several answers to one row the first file's counts.
    ///   - errors: the files with the failures of the last runs; of several failures of one row the first file's counts.
    ///   - models: models that every row was asked of, in the order in which its answers are to stand; behind them stand
    ///     those that only the answers name.
    ///   - part: takes what `--save` names out of a provider's whole reply; nil for what is no such reply.
    package init(
        _ source: InputSource, answers: [String], errors: [String], form: OutputForm, answerField: String,
        models: [String] = [], lineLimit: Int = 64 << 20,
        part: @escaping @Sendable (_ reply: JSON, _ name: String) -> JSON? = { _, _ in nil }
    ) {
        self.part = part
        self.source = source
        self.answers = answers
        self.errors = errors
        self.form = form
        self.answerField = answerField
        self.models = models
        self.lineLimit = lineLimit
    }

    /// The field of the answers in the first of these files that has any; nil if none has.
    package static func answerField(of answers: [String]) throws(SluiceError) -> String? {
        for path in answers { if let name = try AnswerIndex.answerField(of: path) { return name } }
        return nil
    }

    /// Writes the output; what had its name before is there until the new one is complete.
    /// - Parameter name: what the new one has behind its name until then.
    /// - Throws: ``SluiceError`` of code `io` for the input or the answers, `disk` for the output.
    package func render(
        to path: String, name: String = "sluice-new", shouldStop: () -> Bool = { false }
    ) throws(SluiceError) -> RenderCounts {
        let models = try allModels()
        if form.kind == .folder {
            let paths = try OutputPaths(path, hasJournal: true)
            let folder = FolderRows(paths.output, replaced: paths.replacedFiles, answerField: answerField)
            return try join([nil], shouldStop) { row throws(SluiceError) in try folder.append(row) }
        }
        var shape = try makeForm(namesModels: !models.isEmpty)
        let sorts = form.kind == .toolkit
        var file = try RenderedFile(path, isPacked: form.isPacked && !sorts, name: name)
        var out: [UInt8] = []
        do throws(SluiceError) {
            shape.begin(&out)
            let counts = try join(models.isEmpty ? [nil] : models, shouldStop) { row throws(SluiceError) in
                try shape.append(row, to: &out)
                if out.count >= 1 << 20 {
                    try file.append(out)
                    out.removeAll(keepingCapacity: out.capacity <= 4 << 20)
                }
            }
            shape.end(&out)
            try file.append(out)
            if sorts, shape.order != nil || form.isPacked {
                try file.finishSorted(shape.order, isPacked: form.isPacked)
            } else {
                try file.finish()
            }
            return counts
        } catch {
            file.abandon()
            throw error
        }
    }

    /// The models whose answers are to be written; none where each row was asked once.
    private func allModels() throws(SluiceError) -> [String] {
        var models = models
        var found: Set<String> = []
        for path in answers { found.formUnion(try AnswerIndex.models(of: path)) }
        models += found.subtracting(models).sorted()
        guard models.isEmpty || form.holdsModels else {
            throw SluiceError(
                .configuration,
                "the format \(form.kind.rawValue) has one answer for each row, and these are of several models",
                hint: "rows, jsonl, json, csv and tsv have a line for each row and model")
        }
        return models
    }

    private func makeForm(namesModels: Bool) throws(SluiceError) -> any RowForm {
        switch form.kind {
        case .rows, .folder: JournalLines(answerField: answerField)
        case .jsonl, .json: PlainRows(form, answerField: answerField)
        case .openaiBatch: BatchRows()
        case .cookbook: CookbookRows()
        case .toolkit: ToolkitRows()
        case .raw: RawLines()
        case .csv, .tsv: try makeTable(namesModels: namesModels)
        }
    }

    private func makeTable(namesModels: Bool) throws(SluiceError) -> TableRows {
        let header = try InputReader.header(of: source)
        return TableRows(
            form, header: header, names: header == nil ? try columns() : [], answerField: answerField,
            namesModels: namesModels)
    }

    /// The members of all rows, in the order in which they are first seen.
    private func columns() throws(SluiceError) -> [String] {
        var names: [String] = []
        var known: Set<String> = []
        _ = try InputReader.read(source, lineLimit: lineLimit, shouldStop: { _ in false }) { line throws(SluiceError) in
            guard let row = row(line) else { return }
            let own = JSON(trusted: RowContent.own(row.raw, answerField: answerField))
            own.forEachMember { if known.insert($0.text).inserted { names.append($0.text) } }
            guard names.count <= 10_000 else {
                throw SluiceError(
                    .configuration, "the rows have more than 10,000 different members, too many for a table",
                    hint: "write them as rows: -o with a name that ends with .jsonl", file: source.name)
            }
        }
        return names
    }

    /// A line of the input as the object that an output makes of it; nil if it cannot be a row.
    private func row(_ line: Line) -> JSON? {
        guard BadLine(line, limit: lineLimit) == nil, RowSyntax.defect(in: line.text, plainText: true) == nil else {
            return nil
        }
        let row = JSON(trusted: Bytes(RowContent.object(of: line.text)))
        guard let failed = RowContent.failed(row) else { return row }
        return failed.raw.withUnsafeBytes { JSON(trusted: Bytes(RowContent.object(of: $0))) }
    }

    private func without(_ missing: KeptParts.Missing, _ line: Line) -> SluiceError {
        let name = form.kind.rawValue
        return SluiceError(
            .configuration,
            "the format \(name) is made of \(missing.rawValue), and the answer to this row is kept without",
            hint: "a run into another output with --format \(name) keeps them", file: source.name, line: line.number)
    }

    /// - Parameter models: The models that each row was asked of; nil for a row that was asked once.
    private func join(
        _ models: [String?], _ shouldStop: () -> Bool, _ body: (RenderedRow) throws(SluiceError) -> Void
    ) throws(SluiceError) -> RenderCounts {
        var counts = RenderCounts()
        // Where each row was asked once, no line is looked through for a model.
        let isOfModels = models != [nil]
        var journals = AnswerFiles()
        for path in answers {
            if isOfModels, try AnswerIndex.models(of: path).isEmpty {
                counts.unnamed += try AnswerFiles.count(path)
                continue
            }
            try journals.add(path, answerField: answerField) { isOfModels ? AskedModel.of(answer: $0) : nil }
        }
        var failures = AnswerFiles()
        for path in form.errorField == nil ? [] : errors where FileStatus.of(path) != nil {
            try failures.add(path, answerField: answerField) { isOfModels ? AskedModel.of(failure: $0) : nil }
        }
        let field = Array(answerField.utf8)
        // By the input, as a run numbers them: what the journal says is of the input that there was then.
        let names = form.namesRows ? DistinctIDs() : nil
        let isWhole = try InputReader.read(source, lineLimit: lineLimit, shouldStop: { _ in shouldStop() }) {
            line throws(SluiceError) in
            let row = row(line)
            let newID = names?.newID(of: line.text)
            let own =
                row == nil ? RowContent.key(ofBad: line.source) : RowContent.key(of: line.text, answerField: field)
            // A line that is no row was asked of nobody.
            for model in row == nil ? [nil] : models {
                counts.rows += 1
                let key = own.asked(of: model)
                let found = row == nil ? nil : try journals.take(key)
                if let found {
                    counts.answered += 1
                    let missing = KeptParts.missing(in: found, for: form, answerField: answerField)
                    if let missing { throw without(missing, line) }
                }
                if found == nil, !form.showsEveryRow, form.errorField == nil { continue }
                let whole = found?[answerField]
                let shown = whole.flatMap(shownPart)
                let error = found == nil ? try failures.take(key)?["error"]?["message"]?.string : nil
                try body(
                    RenderedRow(
                        number: line.number, asked: model, row: row, source: Bytes(Array(line.source)),
                        answer: shown ?? whole, isPart: shown != nil, facts: found?["sluice"], line: found,
                        error: error, fileName: line.fileName, newID: row == nil ? nil : newID))
            }
        }
        guard isWhole else { throw SluiceError(.io, "stopped while \(source.name) was read again") }
        counts.unused = journals.count - counts.answered
        return counts
    }

    /// What the form shows of an answer that was kept as a whole reply, because another form needed that.
    private func shownPart(_ answer: JSON) -> JSON? {
        guard answer.kind == .object, let name = form.shownPart else { return nil }
        return part(answer, name)
    }
}
