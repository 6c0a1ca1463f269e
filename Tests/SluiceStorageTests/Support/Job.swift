import SluiceCore
import SluiceStorage
import SluiceTestSupport

/// An input and an output in a folder of their own, and what a run does with them.
struct Job {
    let folder = TemporaryFolder()
    let hasher = RowHasher(template: nil, system: nil, schema: nil)

    var input: String { folder.file("in.jsonl") }
    var output: String { folder.file("out.jsonl") }
    var stale: String { output + ".sluice/stale.jsonl" }
    var errors: String { output + ".errors.jsonl" }

    /// The line that a run writes for a row that is an object.
    func answer(_ row: String) -> String {
        let hash = hasher.hash(Bytes(row)).hex
        // Blanks behind the object are no part of the row.
        let object = row[...(row.lastIndex(of: "}") ?? row.startIndex)]
        let comma = object == "{}" ? "" : ","
        return #"\#(object.dropLast())\#(comma)"output":"x","sluice":{"model":"m","hash":"\#(hash)"}}"#
    }

    func writeInput(_ rows: [String]) { write(rows.map { $0 + "\n" }.joined(), to: input) }

    func writeOutput(_ lines: [String]) { write(lines.map { $0 + "\n" }.joined(), to: output) }

    func options(_ change: (inout StartOptions) -> Void = { _ in }) throws -> StartOptions {
        var options = StartOptions(
            input: .file(input), output: try OutputTarget(path: output), hasher: hasher,
            started: WallTime(nanoseconds: 1_700_000_000_000_000_000))
        change(&options)
        return options
    }

    /// What `--redo-all` asks for.
    static func redo(_ models: [String] = [], of model: String = "m", into field: String = "output") -> Redo {
        Redo(models: models, askedWith: Bytes(#"{"model":"\#(model)"}"#), answerField: field, shard: nil)
    }

    /// Starts a run; nil if it was stopped.
    func start(_ change: (inout StartOptions) -> Void = { _ in }) throws -> OutputStore? {
        try OutputStore.start(try options(change))
    }

    /// What the start of a run finds; the output is free again afterwards.
    func counts(_ change: (inout StartOptions) -> Void = { _ in }) throws -> StartCounts? {
        try start(change)?.counts
    }

    /// The error that stops the start of a run; nil if it starts.
    func refusal(_ change: (inout StartOptions) -> Void = { _ in }) -> SluiceError? {
        do {
            _ = try start(change)
            return nil
        } catch {
            return error as? SluiceError
        }
    }
}
