internal import SluiceCore
internal import SluiceStorage

/// What an output says of the rows that are done: which they are, how long their answers were, how long they took.
struct AnswersSoFar: ~Copyable {
    /// As many prompts as a calibration remembers, and some more.
    private static let mostCounted = 1000

    var finished = FinishedRows()
    /// What the provider counted for the prompts of some of the rows, as many as say enough.
    private(set) var counted: [RowHash: Int] = [:]
    private(set) var cost = Money.zero
    /// The lengths of the answers of each of several models; under nil those to rows that were asked once.
    private var lengths: [String?: AnswerLengths] = [:]
    /// The mean time to an answer, in milliseconds.
    private(set) var milliseconds = 0.0
    private var timed = 0

    /// Reads the output of a run without locking or changing it; none is an empty one.
    init(_ options: RunOptions, form: OutputForm) throws(SluiceError) {
        guard let output = options.output else { return }
        guard case .file(let paths) = try OutputTarget(path: output, form: form),
            StateFile.exists(paths.answers)
        else { return }
        let isForgotten = try options.redoOfAll.map { redo throws(SluiceError) in
            try RedoNote(paths).isForgotten(by: redo)
        }
        try FirstRecords.read(.file(paths.answers), count: .max) { record in
            guard let meta = (try? JSON.parse(record.bytes))?["sluice"] else { return }
            note(meta, isDone: isForgotten?(meta["asked"]?.string) != true)
        }
    }

    /// The lengths of the answers of one of several models, or of those to rows that were asked once.
    func lengths(asked model: String?) -> AnswerLengths { lengths[model] ?? AnswerLengths() }

    private mutating func note(_ meta: JSON, isDone: Bool) {
        guard let hash = meta["hash"]?.string.flatMap({ RowHash(hex: $0) }) else { return }
        if isDone { finished.insert(hash) }
        if counted.count < Self.mostCounted, let tokens = meta["usage"]?["input"]?.int, meta["truncated"] == nil {
            counted[hash] = tokens
        }
        if let paid = meta["cost"]?.double.flatMap({ Money(dollars: $0) }) { cost += paid }
        if let time = meta["ms"]?.int {
            timed += 1
            milliseconds += (Double(time) - milliseconds) / Double(timed)
        }
        if let tokens = meta["usage"]?["output"]?.int {
            lengths[meta["asked"]?.string, default: AnswerLengths()].add(tokens)
        }
    }
}
