public import ArgumentParser
public import Sluice
internal import SluiceCore

/// Flags that say what the files look like.
struct FileFlags: ParsableArguments {
    @Option(
        name: .long,
        help: "jsonl, text (a prompt per line), csv or tsv (default: by the name's ending; .gz is unpacked).")
    var inputFormat: Files.InputFormat?

    @Option(name: .long, help: "Encoding of the input, like gbk, big5, shift_jis or utf-16 (default utf-8).")
    var encoding: String?

    @Option(
        name: .long,
        help: "rows, jsonl, json, csv, tsv, openai-batch, cookbook, toolkit or raw (default: by the name's ending).")
    var format: Files.OutputFormat?

    @Flag(name: .long, help: "Write the answers in the order of the input.")
    var ordered = false

    @Flag(name: .long, help: "Leave the sluice object out of the output: the format jsonl.")
    var noMeta = false

    @Option(name: .long, help: "Folder whose files are a row each, instead of INPUT.", completion: .directory)
    var inDir: String?

    @Option(name: .long, help: "Folder for a file per answer, with --in-dir.", completion: .directory)
    var outDir: String?

    @Option(
        name: .long, help: "Folder that keeps the answers of -o -, so that the same command goes on.",
        completion: .directory)
    var journal: String?

    @Option(name: .long, help: "Columns to make of the members of a JSON answer, like sentiment,score.")
    var columns: String?

    @Option(name: .long, help: "Column that says why a row has no answer.")
    var errorColumn: String?

    @Flag(name: .long, help: "Put an apostrophe before cells that a spreadsheet would take for a formula.")
    var csvFormulaGuard = false

    @Option(name: .long, help: "What to do about two rows with one id: refuse (default) or suffix, which numbers them.")
    var onDuplicateId: Files.DuplicateID?

    @Flag(name: .long, help: "Ask only the rows that failed before.")
    var onlyFailed = false

    @Flag(inversion: .prefixedNo, help: "Ask the rows that failed before again, too.")
    var retryFailed = true

    @Option(
        name: .long,
        help:
            "Part of the rows, like 0/4 to 3/4; auto/4 takes the index from Slurm or Kubernetes, auto both from Slurm.",
        transform: ShardFlag.init)
    var shard: ShardFlag?

    func files() throws -> Files {
        var files = Files()
        files.inputFormat = inputFormat
        files.outputFormat = format
        if let encoding, !["utf-8", "utf8"].contains(encoding.lowercased()) {
            guard inDir == nil else { throw ValidationError("--encoding is for a file; those of --in-dir are UTF-8") }
            files.encoding = encoding
        }
        if noMeta {
            guard format == nil || format == .jsonl else {
                throw ValidationError("--no-meta is the format jsonl; leave --format out")
            }
            files.outputFormat = .jsonl
        }
        guard (inDir == nil) == (outDir == nil) else {
            throw ValidationError("--in-dir and --out-dir belong together")
        }
        files.areFolders = inDir != nil
        files.isOrdered = ordered
        guard retryFailed || !onlyFailed else {
            throw ValidationError("--only-failed and --no-retry-failed leave nothing to ask")
        }
        files.failedRows = onlyFailed ? .only : retryFailed ? .retry : .skip
        files.duplicateID = onDuplicateId ?? .refuse
        files.shard = shard.map { ($0.index, $0.count) }
        files.guardsFormulas = csvFormulaGuard
        files.errorColumn = errorColumn
        files.answerColumns = Self.names(columns)
        return files
    }

    /// Names between commas.
    static func names(_ list: String?) -> [String] { list.map { $0.split(separator: ",").map(String.init) } ?? [] }
}

extension Files.DuplicateID: ExpressibleByArgument {}
extension Files.InputFormat: ExpressibleByArgument {}
extension Files.OutputFormat: ExpressibleByArgument {}
