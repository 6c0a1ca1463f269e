public import SluiceCore
internal import SluiceStorage

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

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
        /// Answers that are left out because they name no model, and others are of several.
        public let unnamed: Int
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
        var errors: [String] = []
        for output in outputs {
            answers.append(try OutputStore.answersFile(output))
            errors += FailureFiles(try OutputPaths(output)).all
            try OutputStore.refuseForeign(output)
        }
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
            if let flag = targetFlag {
                throw SluiceError(
                    .usage, "\(flag) without a file to write", hint: "name one with -o, like -o merged.csv")
            }
            guard let known, !known.form.isDurable, outputs.count == 1 else {
                throw SluiceError(.usage, "no file to write", hint: "name one with -o, like -o merged.csv")
            }
            var file = known
            file.source = source
            let counts = try OutputStore.render(OutputPaths(first, hasJournal: true), file, part: Save.part)
            return summary(counts ?? RenderCounts(), first)
        }
        var form = try files.form(target)
        // The run's own facts are what a merge is meant to leave out.
        if form.kind == .rows, files.outputFormat == nil { form.kind = .jsonl }
        var asking = Asking()
        asking.answerField = field
        try files.checkColumns(form, asking)
        // Replies that were kept for another format only are texts to whoever merges them.
        form.save = known.flatMap { $0.form.needsResponse ? Save.text.rawValue : $0.form.save }
        try OutputStore.refuse(target, ifOneOf: answers + outputs, input: source)
        let renderer = Renderer(
            source, answers: answers, errors: errors, form: form, answerField: field, models: known?.models ?? [],
            part: Save.part)
        return summary(try renderer.render(to: target, name: Self.newName()), target)
    }

    /// The first flag that was given of those that say what a new file looks like.
    private var targetFlag: String? {
        if files.outputFormat != nil { return "--format" }
        if !files.answerColumns.isEmpty { return "--columns" }
        if files.errorColumn != nil { return "--error-column" }
        return files.guardsFormulas ? "--csv-formula-guard" : nil
    }

    private static let count = Guarded(0)

    /// What a new file has behind its name until it is complete; no two merges that go on at once have the same.
    private static func newName() -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return "sluice-new-\(getpid())-\(number)"
    }

    /// The input of the last run; with several outputs, which are parts of it, as a whole.
    private func wholeSource(_ known: FormFile?) -> InputSource? {
        guard var source = known?.source else { return nil }
        if outputs.count > 1 { source.shard = nil }
        return source
    }

    private func summary(_ counts: RenderCounts, _ path: String) -> Summary {
        Summary(
            rows: counts.rows, answered: counts.answered, unused: counts.unused, unnamed: counts.unnamed, path: path)
    }
}
