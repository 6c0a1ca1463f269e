package import SluiceCore

extension OutputStore {
    /// The file that keeps the answers of an output: its journal if it has one, else the output itself.
    /// - Throws: ``SluiceError`` of code `io` if there is neither.
    package static func answersFile(_ output: String) throws(SluiceError) -> String {
        let paths = try OutputPaths(output, hasJournal: true)
        if FileStatus.of(paths.journal) != nil { return paths.journal }
        guard FileStatus.of(paths.output) != nil else {
            throw SluiceError(.io, "there is no output \(output)", hint: "check the path")
        }
        return paths.output
    }

    /// Refuses a file that no run has written: it would be merged as an output without answers.
    ///
    /// An output is known by the state folder beside it or, where that is gone, by one line at least.
    /// - Throws: ``SluiceError`` of code `configuration`.
    package static func refuseForeign(_ output: String) throws(SluiceError) {
        let paths = try OutputPaths(output, hasJournal: true)
        guard FileStatus.of(paths.journal) == nil, try FormFile.read(paths) == nil,
            try AnswerIndex.answerField(of: paths.output) == nil
        else { return }
        throw SluiceError(
            .configuration, "no run has written \(output), so there are no answers to merge",
            hint: "name outputs of sluice run; the rows go with --input")
    }

    /// Refuses to write over a file that is read.
    package static func refuse(
        _ target: String, ifOneOf paths: [String], input: InputSource
    ) throws(SluiceError) {
        guard let status = FileStatus.of(target) else { return }
        if FileStatus.of(target + ".sluice") != nil {
            throw SluiceError(
                .configuration, "\(target) is the output of a run", hint: "choose another name with -o")
        }
        for path in paths + [input.name] {
            guard let other = FileStatus.of(path), status.isSameFile(as: other) else { continue }
            throw SluiceError(
                .configuration, "\(target) is one of the files that are merged", hint: "choose another name with -o")
        }
    }

    /// Makes an output from its journal, which must have whole lines but may grow meanwhile.
    ///
    /// Blocks, also while another process makes it.
    /// - Parameter part: takes what `--save` names out of a whole reply (``Renderer``).
    /// - Returns: what it holds now; nil if there is nothing to make it of.
    /// - Throws: ``SluiceError`` if it cannot be written; the journal is untouched.
    package static func render(
        _ paths: OutputPaths, _ file: FormFile, shouldStop: () -> Bool = { false },
        part: @escaping @Sendable (_ reply: JSON, _ name: String) -> JSON? = { _, _ in nil }
    ) throws(SluiceError) -> RenderCounts? {
        guard let source = file.source, FileStatus.of(paths.journal) != nil else { return nil }
        guard let lock = try RenderLock.acquire(paths, shouldStop: shouldStop) else {
            throw SluiceError(.io, "stopped while another process made \(paths.output)")
        }
        defer { withExtendedLifetime(lock) {} }
        if file.form.kind != .folder { try ReplacedOutput(paths).setAside() }
        let renderer = Renderer(
            source, answers: [paths.journal], errors: FailureFiles(paths).all, form: file.form,
            answerField: file.answerField, models: file.models, part: part)
        let counts = try renderer.render(to: paths.output, shouldStop: shouldStop)
        if file.form.kind != .folder { try ReplacedOutput(paths).remember() }
        return counts
    }
}
