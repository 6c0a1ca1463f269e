package import SluiceCore

extension OutputStore {
    /// Looks at a run before it changes anything, and throws what stops it.
    ///
    /// It gets the rows that will be read and, if these can be read twice, what is in them.
    package typealias Check = (InputSource, InputCounts?) throws(SluiceError) -> Void

    /// Locks the output, reads what is finished and compares that with the input; then repairs its end, moves away answers
    /// that no row asks for any more, and sets the errors of the former run aside.
    ///
    /// Blocks; call it through ``BlockingThread/run(_:_:)``. A crash at any point of it loses nothing, and a refusal
    /// changes nothing.
    /// - Parameters:
    ///   - check: asked once the input is read, and before anything is moved.
    ///   - shouldStop: asked about a thousand times per gigabyte; true ends the start.
    /// - Returns: the store, or nil if `shouldStop` said so.
    /// - Throws: ``SluiceError`` of code `locked`, `configuration` (a foreign output, duplicate ids, more rows to redo
    ///   than was asked for, an input without rows), `io` or `disk`, and what `check` throws.
    package static func start(
        _ options: StartOptions, checking check: Check = { _, _ in }, shouldStop: () -> Bool = { false },
        progress: (StartProgress) -> Void = { _ in }
    ) throws(SluiceError) -> OutputStore? {
        // A wrong name is found before anything is made. Opening a named pipe would wait for its writer.
        if !options.input.isPipe { _ = try options.input.open() }
        guard case .file(let paths) = options.output else {
            return try startStream(options, check, shouldStop, progress)
        }
        try refuseOwnFiles(options.input, paths)
        let folder = try StateFolder(paths)
        let lock = try OutputLock.acquire(paths, started: options.started)
        do throws(SluiceError) {
            guard let findings = try examine(options, paths, folder, check, shouldStop, progress) else {
                return nil
            }
            return try begin(findings, paths, lock)
        } catch {
            // Under the lock still: an output that cannot be continued is left without a trace.
            withExtendedLifetime(lock) { folder.removeIfNew() }
            throw error
        }
    }

    /// What an output and its input hold, before anything is changed.
    private struct Findings: ~Copyable {
        var options: StartOptions
        var counts = StartCounts()
        var finished = FinishedRows()
        /// Answers in the output, those that are to be given anew included.
        var answers = 0
        /// Models of earlier runs, whose answers stay.
        var others: [String: Int] = [:]
        /// Damaged lines before the last.
        var torn = 0
        var tail: OutputIndex.Tail?
        let note: RedoNote
        let isCopied: Bool
    }

    /// Finds out what there is, and refuses what must not go on; nil if `shouldStop` said so.
    private static func examine(
        _ options: StartOptions, _ paths: OutputPaths, _ folder: StateFolder, _ check: Check,
        _ shouldStop: () -> Bool, _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> Findings? {
        let isCopied = paths.hasJournal && !options.input.isScannable
        let hadAnswers = FileStatus.of(paths.answers) != nil
        var (isTakenOver, isAccepted) = (false, false)
        defer {
            if !isAccepted { forget(paths, folder, copy: isCopied, taken: isTakenOver) }
        }
        do throws(SluiceError) {
            var findings = Findings(options: options, note: try RedoNote(paths), isCopied: isCopied)
            if isCopied {
                // The output stands in the order of the input, so that must be there to the end, and for the next time.
                guard try Spool.copy(options.input, to: paths.newSpool, shouldStop: shouldStop) else { return nil }
                findings.options.input = options.input.copied(to: paths.newSpool)
            }
            try refuseReadOnly(paths)
            try refuseOtherParts(paths, findings.options)
            try refuseOtherForm(paths, findings.options)
            findings.counts.taken = try takeOver(paths, findings.options)
            isTakenOver = !hadAnswers && FileStatus.of(paths.answers) != nil
            guard try read(&findings, paths, folder, check, shouldStop, progress) else { return nil }
            isAccepted = true
            return findings
        } catch {
            guard let file = error.file, file == paths.newSpool else { throw error }
            throw SluiceError(
                error.code, error.message, hint: error.hint, file: options.input.name, line: error.line)
        }
    }

    /// Removes what was made for a run that is refused.
    private static func forget(_ paths: OutputPaths, _ folder: StateFolder, copy: Bool, taken: Bool) {
        if copy { try? Folder.remove(paths.newSpool) }
        // What another tool wrote is still where it was, and may have answers to rows of another input.
        if taken { try? Folder.remove(paths.answers) }
        if taken, !folder.isKnown { try? Folder.remove(paths.form) }
    }

    /// Reads the output, then the input; false if `shouldStop` said so.
    private static func read(
        _ findings: inout Findings, _ paths: OutputPaths, _ folder: StateFolder, _ check: Check,
        _ shouldStop: () -> Bool, _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> Bool {
        let options = findings.options
        if let size = FileStatus.of(paths.answers)?.size, size > 0 {
            let read = try OutputIndex.read(
                paths.answers, isKnown: folder.isKnown,
                isForgotten: options.redo.map(findings.note.isForgotten) ?? { _ in false }
            ) { bytes in
                progress(StartProgress(step: .output, bytes: bytes, total: size))
                return shouldStop()
            }
            guard let index = read else { return false }
            try refuseOtherQuestion(paths, index, options.models)
            findings.tail = index.tail
            findings.torn = index.torn
            findings.answers = index.count
            findings.others = index.models.filter { !options.models.contains($0.key) }
            findings.finished = index.intoFinished()
        }
        guard options.input.isScannable else {
            try check(options.input, nil)
            return true
        }
        let others = findings.others.keys.sorted()
        guard let input = try scan(options, &findings.finished, keeping: others, shouldStop, progress) else {
            return false
        }
        findings.counts.input = input
        // A name that is mistyped in the question makes all rows others than before: that is said first.
        try check(options.input, input)
        try refuseEmptyInput(input, answers: findings.answers, paths, options)
        let untaken = findings.finished.untaken
        try RedoGuard(finished: findings.answers, stale: untaken).check(isAllowed: options.allowsRedo)
        return true
    }

    /// Puts the output in order for a run that nothing speaks against.
    private static func begin(
        _ findings: consuming Findings, _ paths: OutputPaths, _ lock: OutputLock
    ) throws(SluiceError) -> OutputStore {
        var options = findings.options
        var counts = findings.counts
        if findings.isCopied {
            try Spool.keep(paths)
            options.input = options.input.copied(to: paths.spool)
        }
        try Superseded(paths).clean()
        if let tail = findings.tail {
            try TornPieces(paths).repair(tail)
            if !tail.isWhole { counts.torn += 1 }
        }
        if counts.input != nil { findings.finished.dropUntaken() }
        if findings.finished.count < findings.answers || findings.torn > 0 {
            let moved = try Superseded(paths).move(keeping: &findings.finished)
            counts.stale = moved.stale
            counts.torn += moved.torn
        }
        findings.finished.reset()
        if let redo = options.redo {
            counts.goesOnWithRedo = !findings.note.answered(by: redo).isEmpty
            try findings.note.begin(redo, paths)
        }
        try FailureFiles(paths).rotate(answerField: options.answerField)
        let former = try FormerFailures(paths, options)
        try FormFile(options, others: findings.others.keys.sorted()).write(paths)
        let finished = findings.finished.count
        counts.others = counts.input.map { finished - $0.alreadyDone } ?? findings.others.values.reduce(0, +)
        counts.finished = finished - counts.others
        return OutputStore(
            options, lock: lock,
            rows: KnownRows(
                finished: findings.finished, former: former,
                watchesIDs: counts.input == nil && options.refusesDuplicates),
            counts: counts)
    }

    private static func startStream(
        _ options: StartOptions, _ check: Check, _ shouldStop: () -> Bool, _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> OutputStore? {
        var counts = StartCounts()
        var none = FinishedRows()
        if options.input.isScannable {
            guard let input = try scan(options, &none, shouldStop, progress) else { return nil }
            counts.input = input
        }
        try check(options.input, counts.input)
        return OutputStore(
            options, lock: nil,
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
}
