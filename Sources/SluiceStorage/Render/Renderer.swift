package import SluiceCore

/// Makes an output of the input and the answers: in the order of the input, in any form, atomically.
///
/// The rows are joined with their answers by their content, so neither the prompt nor the model of the run is needed.
/// Memory follows the number of answers, twelve bytes each, not their size.
package struct Renderer: Sendable {
    private let source: InputSource
    private let answers: [String]
    private let errors: String?
    private let form: OutputForm
    private let answerField: String
    private let models: [String]
    private let lineLimit: Int

    /// - Parameters:
    ///   - source: the input; it must be one that can be read twice.
    ///   - answers: the files with answers; of several answers to one row the first file's counts.
    ///   - errors: the file with the failures of the last run.
    ///   - models: models that every row was asked of, in the order in which its answers are to stand; behind them stand
    ///     those that only the answers name.
    package init(
        _ source: InputSource, answers: [String], errors: String?, form: OutputForm, answerField: String,
        models: [String] = [], lineLimit: Int = 64 << 20
    ) {
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
    /// - Throws: ``SluiceError`` of code `io` for the input or the answers, `disk` for the output.
    package func render(to path: String, shouldStop: () -> Bool = { false }) throws(SluiceError) -> RenderCounts {
        let models = try allModels()
        if form.kind == .folder {
            let paths = try OutputPaths(path, hasJournal: true)
            let folder = FolderRows(paths.output, replaced: paths.replacedFiles, answerField: answerField)
            return try join([nil], shouldStop) { row throws(SluiceError) in try folder.append(row) }
        }
        var shape = try makeForm(namesModels: !models.isEmpty)
        let sorts = form.kind == .toolkit
        var file = try RenderedFile(path, isPacked: form.isPacked && !sorts)
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
        case .rows, .folder: JournalLines()
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

    private func noReply(_ line: Line) -> SluiceError {
        let name = form.kind.rawValue
        return SluiceError(
            .configuration, "the format \(name) is made of whole replies, and the answer to this row is none",
            hint: "a run with --format \(name) or --save response keeps them", file: source.name, line: line.number)
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
            try journals.add(path, answerField: answerField) { isOfModels ? AskedModel.of(answer: $0) : nil }
        }
        var failures = AnswerFiles()
        if form.errorField != nil, let errors, FileStatus.of(errors) != nil {
            try failures.add(errors, answerField: answerField) { isOfModels ? AskedModel.of(failure: $0) : nil }
        }
        let field = Array(answerField.utf8)
        let isWhole = try InputReader.read(source, lineLimit: lineLimit, shouldStop: { _ in shouldStop() }) {
            line throws(SluiceError) in
            let row = row(line)
            let own =
                row == nil ? RowContent.key(ofBad: line.source) : RowContent.key(of: line.text, answerField: field)
            // A line that is no row was asked of nobody.
            for model in row == nil ? [nil] : models {
                counts.rows += 1
                let key = own.asked(of: model)
                let found = row == nil ? nil : try journals.take(key)
                if let found {
                    counts.answered += 1
                    if form.needsResponse, found[answerField]?.kind != .object { throw noReply(line) }
                }
                if found == nil, !form.showsEveryRow, form.errorField == nil { continue }
                let error = found == nil ? try failures.take(key)?["error"]?["message"]?.string : nil
                try body(
                    RenderedRow(
                        number: line.number, asked: model, row: row, source: Bytes(Array(line.source)),
                        answer: found?[answerField], facts: found?["sluice"], line: found, error: error,
                        fileName: line.fileName))
            }
        }
        guard isWhole else { throw SluiceError(.io, "stopped while \(source.name) was read again") }
        counts.unused = journals.count - counts.answered
        return counts
    }
}
