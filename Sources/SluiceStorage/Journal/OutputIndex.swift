import SluiceCore

/// What an existing output holds: the finished rows, and what a crash has damaged.
struct OutputIndex: ~Copyable {
    /// A last line without line feed.
    struct Tail: Equatable {
        /// The offset at which it starts.
        let offset: Int
        /// Whether it is a whole answer that lacks nothing but its line feed.
        let isWhole: Bool
    }

    // A line of the output is a row and its answer; there is no reason to refuse one that was written before.
    static let lineLimit = Int(Int32.max)
    private static let foreignBytes = 64 << 20

    /// The hashes of the finished rows, a whole last line included.
    var finished = FinishedRows()
    /// How many finished rows were asked of each model, where each was asked of several.
    private(set) var models: [String: Int] = [:]
    /// Whether there are finished rows that were asked of one model only.
    private(set) var hasPlainRows = false
    /// Finished rows that are to be asked again.
    private(set) var forgotten = 0
    /// Damaged lines before the last.
    private(set) var torn = 0
    /// The last line, if it has no line feed.
    private(set) var tail: Tail?

    init() {}

    /// How many finished rows there are, with those that are to be asked again.
    var count: Int { finished.count + forgotten }

    /// Reads an output from start to end; nil if `shouldStop` said so.
    /// - Parameters:
    ///   - isKnown: whether an earlier run has left its state folder beside it.
    ///   - isForgotten: whether rows that were asked of a model are to be asked again; nil stands for rows that name none.
    /// - Throws: ``SluiceError`` of code `configuration` if somebody else wrote the file: it must not be touched.
    static func read(
        _ path: String, isKnown: Bool, isForgotten: (_ asked: String?) -> Bool = { _ in false },
        shouldStop: (_ bytes: Int) -> Bool
    ) throws(SluiceError) -> OutputIndex? {
        var index = OutputIndex()
        var foreign: (first: Int, count: Int)?
        var emptied = 0
        let file = try InputSource(.file(path)).open()
        let isWhole: Bool
        do {
            isWhole = try LineFile.read(
                file, lineLimit: lineLimit,
                shouldStop: { bytes in
                    // A file without a line of ours among the first megabytes is somebody else's.
                    foreign != nil && index.count == 0 && bytes > foreignBytes || shouldStop(bytes)
                }
            ) { line in
                let kind = line.isTooLong ? .torn : OutputLine(line.text)
                switch kind {
                case .finished(let hash, let asked):
                    index.note(hash, of: asked.flatMap { AskedModel.name(line.text[$0]) }, isForgotten)
                case .foreign: foreign = (foreign?.first ?? line.number, (foreign?.count ?? 0) + 1)
                case .torn:
                    if line.isTerminated { index.torn += 1 }
                    if line.text.allSatisfy({ $0 == 0 }) { emptied += 1 }
                }
                if !line.isTerminated { index.tail = Tail(offset: line.offset, isWhole: kind != .torn) }
            }
        } catch {
            throw error.stopping("read", path)
        }
        if let foreign {
            throw index.count > 0
                ? refusal(path, line: foreign.first, of: foreign.count, among: index.count)
                : refusal(path, line: foreign.first)
        }
        guard isWhole else { return nil }
        // Damage is believed only where there is something of ours: a text file is no damaged output. Lines of
        // zeros are what some file systems leave after a power cut.
        let damaged = index.torn + (index.tail.map { $0.isWhole ? 0 : 1 } ?? 0) - emptied
        if index.count == 0, damaged > 0, index.torn > 0 || !isKnown { throw refusal(path, line: 1) }
        return index
    }

    private mutating func note(_ hash: RowHash, of model: String?, _ isForgotten: (_ asked: String?) -> Bool) {
        guard !isForgotten(model) else { return forgotten += 1 }
        finished.insert(hash)
        if let model { models[model, default: 0] += 1 } else { hasPlainRows = true }
    }

    /// The finished rows alone.
    consuming func intoFinished() -> FinishedRows { finished }

    /// Lines that were added to an output of ours, perhaps by mistake: its answers are not given up for them.
    private static func refusal(_ path: String, line: Int, of count: Int, among answers: Int) -> SluiceError {
        SluiceError(
            .configuration,
            count == 1
                ? "this line is no answer that sluice wrote, as \(answers) others of the file are"
                : "this line and \(count - 1) more are no answers that sluice wrote, as \(answers) others of the file are",
            hint: "remove \(count == 1 ? "that line" : "those lines") and run the same command again",
            file: path, line: line)
    }

    private static func refusal(_ path: String, line: Int) -> SluiceError {
        SluiceError(
            .configuration, "this file was not written by sluice, so it is not continued and not overwritten",
            hint: "choose another output with -o; one of another tool is continued with its --format, like cookbook",
            file: path, line: line)
    }
}
