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
        try Superseded(paths).clean()
        var counts = StartCounts()
        var torn = 0
        var finished = FinishedRows()

        if let size = FileStatus.of(paths.output)?.size, size > 0 {
            let read = try OutputIndex.read(paths.output, isKnown: folder.isKnown) { bytes in
                progress(StartProgress(step: .output, bytes: bytes, total: size))
                return shouldStop()
            }
            guard let index = read else { return nil }
            if let tail = index.tail {
                try TornPieces(paths).repair(tail)
                if !tail.isWhole { counts.torn += 1 }
            }
            torn = index.torn
            finished = index.intoFinished()
        }
        let before = finished.count
        if options.startsOver { finished.removeAll() }

        if case .file(let path) = options.input, options.input.isScannable {
            guard let input = try scan(path, options, &finished, shouldStop, progress) else { return nil }
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
        try folder.rotateErrors()
        counts.finished = finished.count
        return OutputStore(
            target: options.output, lock: lock, finished: finished, counts: counts,
            watchesIDs: counts.input == nil)
    }

    private static func startStream(
        _ options: StartOptions, _ shouldStop: () -> Bool, _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> OutputStore? {
        var counts = StartCounts()
        var none = FinishedRows()
        if case .file(let path) = options.input, options.input.isScannable {
            guard let input = try scan(path, options, &none, shouldStop, progress) else { return nil }
            counts.input = input
        }
        return OutputStore(
            target: options.output, lock: nil, finished: FinishedRows(), counts: counts,
            watchesIDs: counts.input == nil)
    }

    private static func scan(
        _ path: String, _ options: StartOptions, _ finished: inout FinishedRows, _ shouldStop: () -> Bool,
        _ progress: (StartProgress) -> Void
    ) throws(SluiceError) -> InputCounts? {
        let total = FileStatus.of(path)?.size ?? 0
        let scan = InputScan(
            path, plainText: options.plainText, lineLimit: options.lineLimit, hasher: options.hasher)
        return try scan.run(&finished) { bytes in
            progress(StartProgress(step: .input, bytes: bytes, total: total))
            return shouldStop()
        }
    }

    /// Refuses an input that the run itself would change.
    private static func refuseOwnFiles(_ input: InputSource, _ paths: OutputPaths) throws(SluiceError) {
        guard case .file(let path) = input, let status = FileStatus.of(path) else { return }
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
