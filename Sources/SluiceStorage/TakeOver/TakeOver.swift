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

    /// Takes the answers over that belong to rows of the input.
    /// - Returns: how many there were; nil if the output is none of the kind that is asked for, or has no answer to any
    ///   of the rows.
    /// - Throws: ``SluiceError`` of code `configuration` if many of its answers are to other rows.
    func run() throws(SluiceError) -> Int? {
        do {
            guard let total = try collect(), total > 0 else { return nil }
            let taken = try write()
            guard taken > 0 else { return nil }
            let unknown = total - taken
            if unknown > 100, unknown * 10 > total, !options.allowsRedo {
                throw SluiceError(
                    .configuration,
                    "\(unknown) of the \(total) answers in \(name) are to rows that are not in this input",
                    hint: "check the input, or choose another -o; add --redo if that is meant")
            }
            try Folder.rename(temporary, to: paths.answers)
            try Folder.sync(paths.state)
            try Folder.sync(paths.folder)
            try Folder.remove(collected)
            return taken
        } catch let error as SystemError {
            throw error.stopping("take over", name, code: .disk)
        } catch let error as SluiceError {
            throw error
        } catch {
            return nil
        }
    }

    /// Removes what was begun.
    func clean() {
        try? Folder.remove(temporary)
        try? Folder.remove(collected)
    }

    private var collected: String { paths.state + "/taken.tmp" }

    /// Writes each answer with its key to a file of its own; nil if a line is of another kind.
    private func collect() throws -> Int? {
        try Folder.remove(collected)
        var file = try AppendedFile(collected, fresh: true)
        var count = 0
        var isOther = false
        func add(_ line: JSON) throws {
            guard
                let answers = try? ForeignAnswer.all(in: line, shape, answerField: options.answerField)
            else {
                isOther = true
                return
            }
            for found in answers {
                count += 1
                var json = JSONBuilder()
                json.beginObject()
                json.member("key", found.key.hex)
                json.member("answer", raw: found.answer.raw)
                if let facts = found.facts, facts.kind == .object { json.member("facts", raw: facts.raw) }
                json.endObject()
                let entry = json.bytes.filter { $0 != 0x0A && $0 != 0x0D }
                try entry.withUnsafeBufferPointer { bytes throws(SystemError) in try file.appendLine(bytes) }
            }
        }
        for path in files {
            // A list in one piece has no lines of its own.
            if shape == .list {
                guard let content = try InputFolder.content(of: path, limit: 1 << 30),
                    let list = try? JSON.parse(Bytes(content)), list.kind == .array
                else { return nil }
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
        return isOther ? nil : count
    }

    /// Joins the answers with the rows of the input; returns how many rows have got one.
    private func write() throws -> Int {
        try Folder.remove(temporary)
        var file = try AppendedFile(temporary, fresh: true)
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
            guard let key = ForeignAnswer.key(of: row, shape, answerField: options.answerField),
                let found = try index.take(key), let answer = found["answer"]
            else { return }
            taken += 1
            do throws(SystemError) {
                let hash = options.hasher.hash(line.text)
                try entry(row, answer, hash, facts: found["facts"]).withUnsafeBufferPointer {
                    bytes throws(SystemError) in try file.appendLine(bytes)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try file.finish()
        return taken
    }

    private func entry(_ row: JSON, _ answer: JSON, _ hash: RowHash, facts: JSON?) -> [UInt8] {
        let own = RowContent.own(row.raw, answerField: options.answerField)
        var json = JSONBuilder(capacity: own.count + answer.raw.count + 128)
        json.beginObject()
        let members = own[1..<own.count - 1]
        if !members.withUnsafeBytes({ $0.allSatisfy(\.isASCIIBlank) }) { json.rawMembers(members) }
        json.key(options.answerField)
        json.raw(answer.raw)
        json.key("sluice")
        // A line of our own, to the same question: what it cost, and who answered, stays known.
        if let facts, facts["hash"]?.string == hash.hex {
            json.raw(facts.raw)
            json.endObject()
            return json.bytes
        }
        json.beginObject()
        if let id = RowIdentity.of(row) {
            json.member("id", raw: id.json.raw)
        }
        json.member("model", answer["model"]?.string)
        json.member("taken_over", true)
        json.member("hash", hash.hex)
        json.endObject()
        json.endObject()
        return json.bytes
    }
}
