public import SluiceCore
internal import SluiceStorage

/// Puts rows and their answers together: a list, lines or a table in the order of the input.
///
/// It only reads what runs have written, so it may be used while they go on.
public struct Merge: Sendable {
    /// What a merged file holds.
    public struct Summary: Sendable, Equatable {
        /// Rows of the input.
        public let rows: Int
        /// Rows with an answer.
        public let answered: Int
        /// Answers to rows that are not in the input.
        public let unused: Int
        /// Where it is.
        public let path: String

        /// Rows without an answer.
        public var missing: Int { rows - answered }
    }

    /// The outputs whose answers are used; of several answers to a row the first output's counts.
    public var outputs: [String]
    /// The input; nil for that of the first output's last run.
    public var input: String?
    /// The merged file; nil makes the first output itself anew.
    public var target: String?
    /// What the files look like.
    public var files = Files()
    /// The field of the answers; nil for that of the last run.
    public var answerField: String?

    /// A merge of what these outputs hold.
    public init(_ outputs: [String]) {
        self.outputs = outputs
    }

    /// Writes the merged file, which blocks; what had its name before is there until the new one is complete.
    /// - Throws: ``SluiceError`` of code `configuration` if it is not known what to merge, `io` or `disk`.
    public func execute() throws(SluiceError) -> Summary {
        guard let first = outputs.first else { throw SluiceError(.usage, "no output to merge") }
        let known = try FormFile.read(OutputPaths(first))
        var answers: [String] = []
        for output in outputs { answers.append(try OutputStore.answersFile(output)) }
        guard let source = input.map({ files.source($0) }) ?? wholeSource(known) else {
            throw SluiceError(
                .configuration, "it is not known which input \(first) belongs to", hint: "name it with --input")
        }
        let field: String
        if let answerField {
            field = answerField
        } else if let known {
            field = known.answerField
        } else {
            field = try Renderer.answerField(of: answers) ?? "output"
        }
        guard let target else {
            guard let known, !known.form.isDurable, outputs.count == 1 else {
                throw SluiceError(.usage, "no file to write", hint: "name one with -o, like -o merged.csv")
            }
            var file = known
            file.source = source
            let counts = try OutputStore.render(OutputPaths(first, hasJournal: true), file)
            return summary(counts ?? RenderCounts(), first)
        }
        var form = try files.form(target)
        // The run's own facts are what a merge is meant to leave out.
        if form.kind == .rows, files.outputFormat == nil { form.kind = .jsonl }
        try OutputStore.refuse(target, ifOneOf: answers + outputs, input: source)
        let renderer = Renderer(
            source, answers: answers, errors: try OutputPaths(first).errors, form: form, answerField: field,
            models: known?.models ?? [])
        return summary(try renderer.render(to: target), target)
    }

    /// The input of the last run; with several outputs, which are parts of it, as a whole.
    private func wholeSource(_ known: FormFile?) -> InputSource? {
        guard var source = known?.source else { return nil }
        if outputs.count > 1 { source.shard = nil }
        return source
    }

    private func summary(_ counts: RenderCounts, _ path: String) -> Summary {
        Summary(rows: counts.rows, answered: counts.answered, unused: counts.unused, path: path)
    }
}
