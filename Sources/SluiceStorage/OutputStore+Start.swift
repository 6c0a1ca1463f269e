package import SluiceCore

extension OutputStore {
    /// Locks the output, repairs its end, reads what is finished, compares that with the input, moves away answers that
    /// no row asks for any more, and sets the errors of the former run aside.
    ///
    /// Blocks; call it through ``BlockingThread/run(_:_:)``. A crash at any point of it loses nothing.
    /// - Parameter shouldStop: asked about a thousand times per gigabyte; true ends the start.
    /// - Returns: the store, or nil if `shouldStop` said so.
    /// - Throws: ``SluiceError`` of code `locked`, `configuration` (a foreign output, duplicate ids, more rows to redo
    ///   than was asked for), `io` or `disk`.
    package static func start(
        _ options: StartOptions, shouldStop: () -> Bool = { false }, progress: (StartProgress) -> Void = { _ in }
    ) throws(SluiceError) -> OutputStore? {
        // A wrong name is found before anything is made. Opening a named pipe would wait for its writer.
        if !options.input.isPipe { _ = try options.input.open() }
        guard case .file(let paths) = options.output else {
            return try startStream(options, shouldStop, progress)
        }
        try refuseOwnFiles(options.input, paths)
        let folder = try StateFolder(paths)
        let lock = try OutputLock.acquire(paths, started: options.started)
        do throws(SluiceError) {
            return try start(options, paths, folder, lock, shouldStop, progress)
        } catch {
            // Under the lock still: an output that cannot be continued is left without a trace.
            withExtendedLifetime(lock) { folder.removeIfNew() }
            throw error
        }
    }

    private static func start(
        _ options: StartOptions, _ paths: OutputPaths, _ folder: StateFolder, _ lock: OutputLock,
        _ shouldStop: () -> Bool, _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> OutputStore? {
        var options = options
        if paths.hasJournal, !options.input.isScannable {
            // The output stands in the order of the input, so that must be there to the end, and for the next time.
            guard try Spool.copy(options.input, to: paths.spool, shouldStop: shouldStop) else { return nil }
            options.input = InputSource(
                .file(paths.spool), format: options.input.format, shard: options.input.shard,
                encoding: options.input.encoding)
        }
        try refuseOtherParts(paths, options)
        try refuseOtherForm(paths, options)
        var counts = StartCounts()
        counts.taken = try takeOver(paths, options)
        try Superseded(paths).clean()
        var torn = 0
        var finished = FinishedRows()
        var before = 0
        // Models of earlier runs, whose answers stay.
        var others: [String: Int] = [:]

        if let size = FileStatus.of(paths.answers)?.size, size > 0 {
            let read = try OutputIndex.read(
                paths.answers, isKnown: folder.isKnown,
                isForgotten: {
                    options.startsOver && (options.models.isEmpty || $0.map(options.models.contains) ?? true)
                }
            ) { bytes in
                progress(StartProgress(step: .output, bytes: bytes, total: size))
                return shouldStop()
            }
            guard let index = read else { return nil }
            if let tail = index.tail {
                try TornPieces(paths).repair(tail)
                if !tail.isWhole { counts.torn += 1 }
            }
            try refuseOtherQuestion(paths, index, options.models)
            torn = index.torn
            before = index.count
            others = index.models.filter { !options.models.contains($0.key) }
            finished = index.intoFinished()
        }
        if options.input.isScannable {
            guard let input = try scan(options, &finished, keeping: others.keys.sorted(), shouldStop, progress) else {
                return nil
            }
            counts.input = input
            let untaken = finished.untaken
            try RedoGuard(finished: before, stale: untaken)
                .check(isAllowed: options.allowsRedo)
            finished.dropUntaken()
        }
        if finished.count < before || torn > 0 {
            let moved = try Superseded(paths).move(keeping: &finished)
            counts.stale = moved.stale
            counts.torn += moved.torn
        }
        finished.reset()
        let former = try FormerFailures(paths, options)
        try folder.rotateErrors()
        try FormFile(options, others: others.keys.sorted()).write(paths)
        counts.others = counts.input.map { finished.count - $0.alreadyDone } ?? others.values.reduce(0, +)
        counts.finished = finished.count - counts.others
        return OutputStore(
            options.input, target: options.output, lock: lock,
            rows: KnownRows(
                finished: finished, former: former,
                watchesIDs: counts.input == nil && options.refusesDuplicates),
            counts: counts)
    }

    private static func startStream(
        _ options: StartOptions, _ shouldStop: () -> Bool, _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> OutputStore? {
        var counts = StartCounts()
        var none = FinishedRows()
        if options.input.isScannable {
            guard let input = try scan(options, &none, shouldStop, progress) else { return nil }
            counts.input = input
        }
        return OutputStore(
            options.input, target: options.output, lock: nil,
            rows: KnownRows(
                finished: FinishedRows(), former: nil,
                watchesIDs: counts.input == nil && options.refusesDuplicates),
            counts: counts)
    }

    /// Compares the input with what is finished; nil if `shouldStop` said so.
    /// - Parameter others: models that are not asked, whose answers stay.
    static func scan(
        _ options: StartOptions, _ finished: inout FinishedRows, keeping others: [String] = [],
        _ shouldStop: () -> Bool, _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> InputCounts? {
        let total = options.input.size
        let scan = InputScan(
            options.input, plainText: options.plainText, lineLimit: options.lineLimit, hasher: options.hasher,
            models: options.models, keeping: others, refusesDuplicates: options.refusesDuplicates)
        return try scan.run(&finished) { bytes in
            progress(StartProgress(step: .input, bytes: bytes, total: total))
            return shouldStop()
        }
    }

    /// Takes over an output of another tool, or refuses it; so, too, answers that are kept in another place.
    private static func takeOver(_ paths: OutputPaths, _ options: StartOptions) throws(SluiceError) -> Int {
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

    /// Refuses to go on with answers that this run would take for those of other rows, or would not find.
    private static func refuseOtherParts(_ paths: OutputPaths, _ options: StartOptions) throws(SluiceError) {
        guard FileStatus.of(paths.answers)?.size ?? 0 > 0, let former = try FormFile.read(paths),
            !options.startsOver || !Set(former.models).isSubset(of: options.models)
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
    private static func refuseOwnFiles(_ input: InputSource, _ paths: OutputPaths) throws(SluiceError) {
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
