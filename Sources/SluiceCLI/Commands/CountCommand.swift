internal import ArgumentParser
internal import Sluice
internal import SluiceCore

/// `sluice count`: how many tokens rows have.
struct CountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count the tokens of rows as a run would send them: in total, each, and the ones that are too long.",
        discussion: """
            Rows are recognised as in sluice run, and counted with the vocabulary of their model, offline. Where a \
            model's vocabulary is not public the count follows its provider's rule of thumb, and says so.

            examples:
              sluice count rows.jsonl -m gpt-5-mini
              sluice count reviews.csv --prompt 'Sentiment of: {{text}}' \\
                --by lang --context 8192
              sluice count rows.jsonl -m gpt-4o --truncate 4000 > shorter.jsonl

            exit codes: 0 all rows were counted, 1 some could not be, 2 could not count.
            """)

    @Argument(
        help: "Files of rows: .jsonl, .csv, .tsv or .txt, also with .gz; or - for standard input.", completion: .file())
    var inputs: [String] = []

    @Option(name: .shortAndLong, help: "Model; replaces the rows' own.")
    var model: String?

    @Option(
        name: .long, help: "Vocabulary to count with, such as o200k_base, or a tokenizer.json; replaces the model's.")
    var encoding: String?

    @Option(name: .long, help: "Column whose values rows are grouped by.")
    var by: String?

    @Option(
        name: .long, help: "Tokens that a prompt may have; rows with more are named (default: what their model reads).",
        transform: Flags.positive)
    var context: Int?

    @Option(
        name: .long, help: "Print the rows, their text cut so that each has at most so many tokens.",
        transform: Flags.positive)
    var truncate: Int?

    @Flag(name: .long, help: "Print each row's tokens: file, line, id, tokens.")
    var each = false

    @Option(
        name: .long,
        help: "Folder with the published vocabularies, which must be the same (default $TIKTOKEN_CACHE_DIR).",
        completion: .directory)
    var vocabDir: String?

    @OptionGroup(title: "Asking") var asking: AskingFlags

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        if inputs.isEmpty { throw ValidationError("no input: name a file, or - for standard input") }
        if truncate != nil, each { throw ValidationError("--truncate and --each both print rows; choose one") }
    }

    func run() throws {
        var options = CountOptions()
        options.inputs = inputs.map { $0 == "-" ? nil : $0 }
        options.asking = try asking.asking(model: model)
        options.encoding = encoding
        options.vocabularyFolder = vocabDir ?? ProcessEnvironment["TIKTOKEN_CACHE_DIR"]
        options.needsVocabularyFiles = vocabDir != nil
        options.groupField = by
        options.context = context
        options.catalogue = try PriceFile.catalogue(ConfigurationFile.aside())
        options.limit = truncate
        var lines = LineOutput()
        let count = try TokenCount(options) { row in
            if truncate != nil {
                lines.add(row.row.text)
            } else if each {
                lines.add(json ? CountJSON.row(row) : CountText.row(row))
            }
        }
        lines.flush()
        if json {
            lines.add(CountJSON.total(count))
            // Rows are the data then; the sums are for people or their scripts to see, not to be sent as a row.
            if truncate != nil { lines.say() } else { lines.flush() }
        } else if truncate != nil || each {
            for line in CountText.total(count) { Terminal.say(line) }
        } else {
            for line in CountText.total(count) { Terminal.data(Terminal.sanitised(line)) }
        }
        if let bad = count.firstBad, !json {
            Terminal.say(
                "not counted: \(NumberText.grouped(count.bad)), the first \(bad.file):\(bad.line): \(bad.message)")
        }
        if count.bad > 0 { throw ExitCode(1) }
    }
}

/// Lines of data, written many at once.
private struct LineOutput {
    private var text = ""

    mutating func add(_ line: String) {
        if !text.isEmpty { text += "\n" }
        text += line
        if text.utf8.count > 1 << 18 { flush() }
    }

    mutating func flush() {
        if !text.isEmpty { Terminal.data(text) }
        text = ""
    }

    mutating func say() {
        Terminal.say(text)
        text = ""
    }
}
