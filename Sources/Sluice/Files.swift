internal import SluiceCore
internal import SluiceStorage

/// What the input and the output look like, and which of the rows are asked.
public struct Files: Sendable {
    /// How an input is cut into rows.
    public enum InputFormat: String, Sendable, CaseIterable {
        /// A row per line, each recognised by itself.
        case jsonl
        /// A prompt per line, also where it looks like JSON.
        case text
        /// A table; its header tells the delimiter.
        case csv
        /// A table with tabs.
        case tsv
    }

    /// The shape of an output.
    public enum OutputFormat: String, Sendable, CaseIterable {
        /// The row, the answer and the run's own facts, a line for each answer.
        case rows
        /// The row and the answer, a line for each row.
        case jsonl
        /// One list of the rows with their answers.
        case json
        /// The table with one more column.
        case csv
        /// The same with tabs.
        case tsv
        /// What OpenAI's batch API gives back.
        case openaiBatch = "openai-batch"
        /// `[request, response, metadata]`, as the OpenAI cookbook's script writes it.
        case cookbook
        /// `{"index": "text"}`, as OpenAI-Parallel-Toolkit writes it.
        case toolkit
        /// The provider's replies.
        case raw
    }

    /// The format of the input; nil for what its name suggests.
    public var inputFormat: InputFormat?
    /// The encoding of the input, as `iconv` names it; nil for UTF-8.
    public var encoding: String?
    /// The format of the output; nil for what its name suggests.
    public var outputFormat: OutputFormat?
    /// Whether input and output are folders with a file for each row.
    public var areFolders = false
    /// Whether the output stands in the order of the input.
    public var isOrdered = false
    /// Whether cells of a table that a spreadsheet would take for a formula get an apostrophe before them.
    public var guardsFormulas = false
    /// The column, or member, that says why a row has no answer.
    public var errorColumn: String?
    /// Members of a structured answer that become columns of their own.
    public var answerColumns: [String] = []

    /// What to do about rows that failed before.
    public enum FailedRows: String, Sendable, CaseIterable {
        /// They are asked again, as all rows without an answer are.
        case retry
        /// Only they are asked.
        case only
        /// They are not asked.
        case skip
    }

    /// What to do about two rows with one id.
    public enum DuplicateID: String, Sendable, CaseIterable {
        /// Nothing is sent.
        case refuse
        /// The later ones get a number behind their id: `a`, `a-2`.
        case suffix
    }

    /// Which of the rows without an answer are asked.
    public var failedRows = FailedRows.retry
    /// What to do about two rows with one id.
    public var duplicateID = DuplicateID.refuse
    /// The part of the rows that is asked, of as many as there are, from 0; nil for all.
    public var shard: (index: Int, count: Int)?

    /// Everything by its name.
    public init() {}

    func source(_ path: String?) -> InputSource {
        let named = inputFormat.flatMap { SluiceStorage.InputFormat(name: $0.rawValue) }
        let part = shard.flatMap { Shard(index: $0.index, count: $0.count) }
        guard let path else {
            return InputSource(
                InputSource.standardInput.place, format: named ?? .lines, shard: part, encoding: encoding)
        }
        if areFolders { return InputSource(.folder(path), shard: part) }
        return InputSource(
            .file(path), format: named ?? SluiceStorage.InputFormat(path: path), shard: part, encoding: encoding)
    }

    /// Refuses columns that an output has not, or that it would have twice.
    /// - Throws: ``SluiceError`` of code `usage`.
    func checkColumns(_ form: OutputForm, _ asking: Asking) throws(SluiceError) {
        let given = [("--columns", !answerColumns.isEmpty), ("--error-column", errorColumn != nil)]
        if let flag = given.first(where: \.1)?.0, !form.hasColumns {
            throw SluiceError(
                .usage, "\(flag) is for an output with columns, and the format \(form.kind.rawValue) has none",
                hint: "add --format csv, tsv, jsonl or json")
        }
        guard !guardsFormulas || form.isTable else {
            throw SluiceError(
                .usage, "--csv-formula-guard is for a table, and the format is \(form.kind.rawValue)",
                hint: "add --format csv or tsv, or leave it out")
        }
        let names = [asking.answerField] + answerColumns + [errorColumn].compactMap(\.self)
        guard let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) else { return }
        throw SluiceError(
            .usage, "two columns of the output would have the name '\(names[twice])'",
            hint: "--into, --columns and --error-column need names of their own")
    }

    /// Whether answers can be written to standard output as they come.
    public var isStreamable: Bool { (try? form(nil)) != nil }

    /// - Throws: ``SluiceError`` of code `usage` for a format that a stream cannot have.
    func form(_ path: String?) throws(SluiceError) -> OutputForm {
        var form = path.map { OutputForm(path: $0) } ?? OutputForm(.rows)
        if let outputFormat, let kind = OutputForm.Kind(rawValue: outputFormat.rawValue) { form.kind = kind }
        if areFolders {
            form = OutputForm(.folder)
        }
        form.isOrdered = isOrdered
        form.guardsFormulas = guardsFormulas
        form.errorField = errorColumn
        form.columns = answerColumns
        guard path != nil || form.isDurable else {
            throw SluiceError(
                .usage, "only rows in the order of their completion can be written to standard output",
                hint: "write to a file with -o FILE, then read that")
        }
        return form
    }
}
