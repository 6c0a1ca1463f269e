import SluiceCore

/// Makes a journal of what another tool wrote, so that only what it lacks is asked (FEATURES F13).
///
/// What the tool wrote is not touched; an output in the place of ours is set aside when that is made anew.
struct TakeOver {
    private let paths: OutputPaths
    private let options: StartOptions
    /// What the tool wrote.
    private let files: [String]
    private let shape: ForeignAnswer.Shape
    private var temporary: String { paths.journal + ".tmp" }

    /// An output in the place of ours; nil if it has a form that no tool writes.
    init?(output paths: OutputPaths, _ options: StartOptions) {
        guard let shape = ForeignAnswer.Shape(options.form.kind) else { return nil }
        self.init(paths, options, files: [paths.output], shape)
    }

    /// What GPTWrapper's workers have left beside the place of ours; nil if there is nothing.
    init?(workersOf paths: OutputPaths, _ options: StartOptions) throws(SluiceError) {
        let files = try WorkerFiles.beside(paths)
        guard !files.isEmpty, options.form.kind != .folder else { return nil }
        self.init(paths, options, files: files, .wrapper)
    }

    private init(_ paths: OutputPaths, _ options: StartOptions, files: [String], _ shape: ForeignAnswer.Shape) {
        self.paths = paths
        self.options = options
        self.files = files
        self.shape = shape
    }

    /// What is taken over, for messages.
    var name: String { files.first ?? paths.output }

    /// How much was found in the files.
    private struct Found {
        /// Lines that a run of ours has written; they are in the journal already, as they were.
        var own = 0
        /// Answers of another tool.
        var foreign = 0
        /// The models that these name.
        var models: Set<String> = []
    }

    /// Takes the answers over that belong to rows of the input, and all lines that a run of ours has written: those that
    /// no row asks for any more are moved away by the start of the run, as from any output.
    /// - Returns: how many rows have got an answer; nil if the output is none of the kind that is asked for, or has no
    ///   answer to any of the rows.
    /// - Throws: ``SluiceError`` of code `configuration` if many of its answers are to other rows.
    func run() throws(SluiceError) -> Int? {
        do {
            try Folder.remove(temporary)
            var journal = try AppendedFile(temporary, fresh: true)
            var found = Found()
            guard try collect(&found, &journal) else { return nil }
            try journal.finish()
            var own = try readOwn()
            let others = found.models.subtracting(options.models).union(own.others).sorted()
            let joined = found.foreign > 0 ? try join(&own.rows, &journal, others) : 0
            guard found.own + joined > 0 else { return nil }
            let unknown = found.foreign - joined
            if unknown > 100, unknown * 10 > found.foreign, !options.allowsRedo {
                throw SluiceError(
                    .configuration,
                    "\(unknown) of the \(found.foreign) answers in \(name) are to rows that are not in this input",
                    hint: "check the input, or choose another -o; add --redo if that is meant")
            }
            try journal.finish()
            // Before the journal has its name, so that there never is one of which it is not known what it is for.
            try FormFile(options, others: others).write(paths)
            try Folder.rename(temporary, to: paths.answers)
            try Folder.sync(paths.state)
            try Folder.sync(paths.folder)
            try Folder.remove(collected)
            return own.taken + joined
        } catch let error as SystemError {
            throw error.stopping("take over", name, code: .disk)
        } catch let error as SluiceError {
            throw error
        } catch {
            return nil
        }
    }

    /// What our own lines hold.
    private struct Own: ~Copyable {
        var rows: FinishedRows
        /// How many of them are answers to what the rows of the input ask now.
        let taken: Int
        /// The models of earlier runs, whose answers stay.
        let others: [String]
    }

    /// Reads our own lines from the journal as the start of a run does, with the same refusals.
    private func readOwn() throws(SluiceError) -> Own {
        let read = try OutputIndex.read(temporary, isKnown: true) { _ in false }
        guard let index = read, index.count > 0 else { return Own(rows: FinishedRows(), taken: 0, others: []) }
        try OutputStore.refuseOtherQuestion(paths, index, options.models)
        let others = index.models.keys.filter { !options.models.contains($0) }.sorted()
        var rows = index.intoFinished()
        _ = try OutputStore.scan(options, &rows, keeping: others, { false }, { _ in })
        let stale = rows.untaken
        try RedoGuard(finished: rows.count, stale: stale).check(isAllowed: options.allowsRedo)
        rows.reset()
        let taken = rows.count - stale
        return Own(rows: rows, taken: taken, others: others)
    }

    /// Removes what was begun.
    func clean() {
        try? Folder.remove(temporary)
        try? Folder.remove(collected)
    }

    private var collected: String { paths.state + "/taken.tmp" }

    /// Writes our own lines to the journal, and each other answer with its key to a file of its own; false if a line is of
    /// another kind.
    private func collect(_ found: inout Found, _ journal: inout AppendedFile) throws -> Bool {
        try Folder.remove(collected)
        var file = try AppendedFile(collected, fresh: true)
        var isOther = false
        func add(_ line: JSON) throws {
            // What our own line answers is told by its hash: the same row under another question is another one.
            if shape.holdsRows, case .finished = line.raw.withUnsafeBytes({ OutputLine($0) }),
                line[options.answerField] != nil
            {
                found.own += 1
                let bytes = line.raw.singleLine
                return try bytes.withUnsafeBytes { bytes throws(SystemError) in try journal.appendLine(bytes) }
            }
            guard
                let answers = try? ForeignAnswer.all(in: line, shape, options)
            else {
                isOther = true
                return
            }
            for foreign in answers {
                found.foreign += 1
                if let model = foreign.asked { found.models.insert(model) }
                var json = JSONBuilder()
                json.beginObject()
                json.member("key", foreign.key.hex)
                json.member("answer", raw: foreign.answer.raw.singleLine)
                json.endObject()
                try json.bytes.withUnsafeBufferPointer { bytes throws(SystemError) in try file.appendLine(bytes) }
            }
        }
        for path in files {
            // A list in one piece has no lines of its own.
            if shape == .list {
                guard let content = try InputFolder.content(of: path, limit: 1 << 30),
                    let list = try? JSON.parse(Bytes(content)), list.kind == .array
                else { return false }
                for element in list.elements { try add(element) }
                continue
            }
            let source = InputSource(.file(path), format: shape == .table ? .table(delimiter: nil) : .lines)
            var failure: (any Error)?
            _ = try InputReader.read(
                source, lineLimit: OutputIndex.lineLimit, shouldStop: { _ in isOther || failure != nil }
            ) { line in
                // The last line may be one that a crash has cut off.
                guard !line.isTooLong, line.defect == nil, let json = try? JSON.parse(Bytes(Array(line.text))) else {
                    if line.isTerminated { isOther = true }
                    return
                }
                do { try add(json) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        try file.finish()
        return !isOther
    }

    /// Joins the answers of another tool with the rows that have none of our own, and adds them to the journal; returns
    /// how many rows have got one.
    /// - Parameter others: models that are not asked, whose answers stay.
    private func join(
        _ own: inout FinishedRows, _ journal: inout AppendedFile, _ others: [String]
    ) throws -> Int {
        let models: [String?] = options.models.isEmpty ? [nil] : options.models + others
        var index = try AnswerIndex.read(collected) { text in
            JSON(trusted: Bytes(Array(text)))["key"]?.string.flatMap { RowHash(hex: $0) }
        }
        var taken = 0
        var failure: SystemError?
        _ = try InputReader.read(options.input, lineLimit: options.lineLimit, shouldStop: { _ in failure != nil }) {
            line throws(SluiceError) in
            guard failure == nil, BadLine(line, limit: options.lineLimit) == nil,
                RowSyntax.defect(in: line.text, plainText: options.plainText) == nil
            else { return }
            let row = JSON(trusted: Bytes(RowContent.object(of: line.text)))
            let hash = options.hasher.hash(line.text)
            let key = ForeignAnswer.key(of: row, shape, answerField: options.answerField)
            for model in models {
                if own.take(hash.asked(of: model)) { continue }
                guard failure == nil, let key, let answer = try index.take(key.asked(of: model))?["answer"] else {
                    continue
                }
                taken += 1
                do throws(SystemError) {
                    let entry = entry(row, answer, hash.asked(of: model), asked: model)
                    try entry.withUnsafeBufferPointer { bytes throws(SystemError) in try journal.appendLine(bytes) }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return taken
    }

    private func entry(_ row: JSON, _ answer: JSON, _ hash: RowHash, asked: String?) -> [UInt8] {
        let own = RowContent.own(row.raw, answerField: options.answerField)
        var json = JSONBuilder(capacity: own.count + answer.raw.count + 128)
        json.beginObject()
        let members = own[1..<own.count - 1]
        if !members.withUnsafeBytes({ $0.allSatisfy(\.isASCIIBlank) }) { json.rawMembers(members) }
        json.key(options.answerField)
        json.raw(answer.raw)
        json.key("sluice")
        json.beginObject()
        if let id = RowIdentity.of(row) {
            json.member("id", raw: id.json.raw)
        }
        if let asked { json.member(AskedModel.member.description, asked) }
        json.member("model", answer["model"]?.string)
        json.member("taken_over", true)
        json.member("hash", hash.hex)
        json.endObject()
        json.endObject()
        return json.bytes
    }
}
