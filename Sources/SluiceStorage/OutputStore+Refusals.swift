import SluiceCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What stops a run before anything is changed.
extension OutputStore {
    /// Takes over an output of another tool, or refuses it; so, too, answers that are kept in another place.
    static func takeOver(_ paths: OutputPaths, _ options: StartOptions) throws(SluiceError) -> Int {
        let journal = FileStatus.of(paths.journal)?.size ?? 0
        if !paths.hasJournal, journal > 0 {
            let form = try FormFile.read(paths)?.form
            let isOrdered = form?.kind == .rows && form?.isOrdered ?? false
            throw SluiceError(
                .configuration,
                "the answers of \(paths.output) are kept for the format \(form?.kind.rawValue ?? "another format")"
                    + (isOrdered ? " in the order of the input" : ""),
                hint:
                    "give \(isOrdered ? "--ordered" : "the same --format") as before, or choose another output with -o")
        }
        guard let output = FileStatus.of(paths.output), output.size > 0 else {
            // Other tools' answers do not say which of several models gave them.
            guard options.models.isEmpty, FileStatus.of(paths.answers) == nil else { return 0 }
            return try takeOverWorkers(paths, options)
        }
        guard paths.hasJournal, FileStatus.of(paths.journal) == nil, output.kind == .regular else { return 0 }
        if let takeOver = TakeOver(output: paths, options) {
            defer { takeOver.clean() }
            if let taken = try takeOver.run() { return taken }
        }
        throw SluiceError(
            .configuration,
            "this file has no answer in the format \(options.form.kind.rawValue) to a row of the input, "
                + "so it is not continued and not overwritten",
            hint: "choose another output with -o, or move this file away", file: paths.output)
    }

    /// Takes over what GPTWrapper's workers have left, or refuses to pay for it again.
    private static func takeOverWorkers(_ paths: OutputPaths, _ options: StartOptions) throws(SluiceError) -> Int {
        guard let takeOver = try TakeOver(workersOf: paths, options) else { return 0 }
        defer { takeOver.clean() }
        // A pipe cannot be read twice, and the workers' texts are no whole replies.
        if options.input.isScannable, !options.form.needsResponse, let taken = try takeOver.run() { return taken }
        throw SluiceError(
            .configuration,
            "this file of a GPTWrapper run has no answer to a row of the input, in the format \(options.form.kind.rawValue)",
            hint: "give its prompts in a file as {\"system_prompt\":…,\"prompt\":…}, or choose another output with -o",
            file: takeOver.name)
    }

    /// Refuses an output whose lines could be moved away, but to which none could be added.
    static func refuseReadOnly(_ paths: OutputPaths) throws(SluiceError) {
        guard FileStatus.of(paths.answers)?.kind == .regular else { return }
        do throws(SystemError) {
            _ = try OpenFile(paths.answers, O_WRONLY | O_APPEND | O_NOFOLLOW)
        } catch {
            throw error.stopping("write", paths.answers, code: .disk)
        }
    }

    /// Refuses to go on with answers that this run would take for those of other rows, or would not find.
    static func refuseOtherParts(_ paths: OutputPaths, _ options: StartOptions) throws(SluiceError) {
        guard FileStatus.of(paths.answers)?.size ?? 0 > 0, let former = try FormFile.read(paths),
            options.redo == nil || !Set(former.models).isSubset(of: options.models)
        else { return }
        if !options.allowsRedo, let shard = options.input.shard, let other = former.shard, shard != other {
            let held = other == .whole ? "the whole" : "part \(other.index) of \(other.count)"
            throw SluiceError(
                .configuration,
                "\(paths.output) holds \(held) of its input, and not part \(shard.index) of \(shard.count)",
                hint: "give each part an output of its own with -o; sluice merge puts them together")
        }
        // Two fields in one output: whoever reads it by one of them would lose the answers in the other.
        if former.answerField != options.answerField {
            throw SluiceError(
                .configuration,
                "the answers of \(paths.output) are in '\(former.answerField)', and not in '\(options.answerField)'",
                hint:
                    "go on with --into \(former.answerField), choose another output with -o, or ask all again with --redo-all"
            )
        }
    }

    /// Refuses to give up all answers because the input, perhaps by mistake, has no row.
    static func refuseEmptyInput(
        _ input: InputCounts, answers: Int, _ paths: OutputPaths, _ options: StartOptions
    ) throws(SluiceError) {
        guard input.rows == 0, answers > 0, !options.allowsRedo, options.redo == nil else { return }
        throw SluiceError(
            .configuration,
            "the input has no row, and the \(answers) answers in \(paths.output) would be moved away",
            hint: "check where the rows come from; add --redo if that is meant", file: options.input.name)
    }

    /// Refuses to put answers of several models to each row beside answers of one that nobody named, and the other way.
    static func refuseOtherQuestion(
        _ paths: OutputPaths, _ index: borrowing OutputIndex, _ models: [String]
    ) throws(SluiceError) {
        if models.isEmpty, !index.models.isEmpty {
            let names = index.models.keys.sorted().joined(separator: ",")
            throw SluiceError(
                .configuration, "\(paths.output) holds an answer of each of several models to a row: \(names)",
                hint: "go on with --models, or choose another output with -o")
        }
        if !models.isEmpty, index.hasPlainRows {
            throw SluiceError(
                .configuration, "\(paths.output) holds one answer to each row, from a run without --models",
                hint: "choose another output with -o")
        }
    }

    /// Refuses an input that the run itself would change.
    static func refuseOwnFiles(_ input: InputSource, _ paths: OutputPaths) throws(SluiceError) {
        if case .folder(let path) = input.place {
            guard let folder = try? RealPath.resolve(path) else { return }
            let (inside, outside) = (folder + "/", paths.output + "/")
            guard inside.hasPrefix(outside) || outside.hasPrefix(inside) else { return }
            throw SluiceError(
                .configuration, "--in-dir and --out-dir are in one another: \(path)",
                hint: "choose a folder beside it, like --out-dir \(folder)-answers")
        }
        guard case .file(let path) = input.place, let status = FileStatus.of(path) else { return }
        if let output = FileStatus.of(paths.output), status.isSameFile(as: output) {
            throw SluiceError(
                .configuration, "input and output are the same file: \(path)",
                hint: "choose another output with -o; a finished output can be the input of a run into a new one")
        }
        if let errors = FileStatus.of(paths.errors), status.isSameFile(as: errors) {
            throw SluiceError(
                .configuration, "\(path) belongs to this output and starts empty in each run",
                hint: "run the original input again: failed rows are tried again by themselves")
        }
    }
}
