internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// `sluice merge`: rows and answers in one file.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Put the rows and their answers into one file, in the order of the input.",
        discussion: """
            The format follows from the name: .json is one list, .jsonl a row per line, .csv and .tsv a table; all hold \
            every row. Without -o, an OUTPUT that is made from a journal is made anew, as at the end of its run.

            examples:
              sluice merge answers.jsonl -o merged.csv
              sluice merge part-0.jsonl part-1.jsonl --input rows.jsonl -o merged.json
              sluice merge out.csv            # after a crash, or while the run goes on
            """)

    @Argument(help: "Outputs of runs; several are parts of one input.", completion: .file())
    var outputs: [String]

    @Option(name: .shortAndLong, help: "File to write, or - for standard output.", completion: .file())
    var output: String?

    @Option(name: .long, help: "Input of the runs (default: that of the first one).", completion: .file())
    var input: String?

    @Option(name: .long, help: "jsonl, text, csv or tsv, for --input (default: by the name's ending).")
    var inputFormat: Files.InputFormat?

    @Option(
        name: .long,
        help: "rows, jsonl, json, csv, tsv, openai-batch, cookbook, toolkit or raw (default: by the name's ending).")
    var format: Files.OutputFormat?

    @Option(name: .long, help: "Field of the answers (default: that of the run).")
    var into: String?

    @Option(name: .long, help: "Columns to make of the members of a JSON answer, like sentiment,score.")
    var columns: String?

    @Option(name: .long, help: "Column that says why a row has no answer.")
    var errorColumn: String?

    @Flag(name: .long, help: "Put an apostrophe before cells that a spreadsheet would take for a formula.")
    var csvFormulaGuard = false

    @Flag(name: .long, help: "Print the counts as JSON on standard output.")
    var json = false

    func run() throws {
        var merge = Merge(outputs)
        merge.target = output
        merge.input = input
        merge.answerField = into
        merge.files.inputFormat = inputFormat
        merge.files.outputFormat = format
        merge.files.isOrdered = true
        merge.files.errorColumn = errorColumn
        merge.files.answerColumns = FileFlags.names(columns)
        merge.files.guardsFormulas = csvFormulaGuard
        let isStandardOutput = output == "-"
        guard !isStandardOutput || !json else {
            throw ValidationError("-o - and --json both want the standard output")
        }
        let filter = isStandardOutput ? try FilterOutput(journal: nil, format: format) : nil
        if let filter { merge.target = filter.path }
        let summary: Merge.Summary
        do {
            summary = try merge.execute()
        } catch {
            filter?.remove()
            throw error
        }
        try filter?.deliver()
        if json { return Terminal.data(Self.json(summary)) }
        var line = "\(isStandardOutput ? "standard output" : summary.path): \(NumberText.grouped(summary.rows)) rows"
        if summary.missing > 0 { line += ", \(NumberText.grouped(summary.missing)) without an answer" }
        if summary.unused > 0 { line += "; \(NumberText.grouped(summary.unused)) answers to other rows left out" }
        if summary.unnamed > 0 {
            line += "; \(NumberText.grouped(summary.unnamed)) answers left out, of a run without --models: "
            line += "nothing says which of the models gave them"
        }
        Terminal.say(line)
    }

    private static func json(_ summary: Merge.Summary) -> String {
        var json = JSONBuilder()
        json.beginObject()
        for (name, value) in [
            ("rows", summary.rows), ("answered", summary.answered), ("missing", summary.missing),
            ("unused", summary.unused), ("unnamed", summary.unnamed),
        ] {
            json.member(name, value)
        }
        json.member("output", summary.path)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
