package import SluiceCore

/// The files that belong to one output; all are beside it or in its state folder.
package struct OutputPaths: Sendable, Equatable {
    /// The output itself, absolute and with links resolved.
    package let output: String

    /// Resolves the name of an output that need not exist yet.
    /// - Throws: ``SluiceError`` of code `configuration` if its folder does not exist.
    package init(_ output: String) throws(SluiceError) {
        self.output = try RealPath.resolve(output)
    }

    /// The folder that the output is in.
    var folder: String { RealPath.split(output).folder }
    /// The failures of the last run.
    package var errors: String { output + ".errors.jsonl" }
    /// The state folder.
    package var state: String { output + ".sluice" }
    /// What a running process holds locked.
    var lock: String { state + "/lock" }
    /// The run manifest.
    package var manifest: String { state + "/run.json" }
    /// The failures of the run before the last.
    package var previousErrors: String { state + "/errors.previous.jsonl" }
    /// Answers to rows that were edited or removed.
    package var stale: String { state + "/stale.jsonl" }
    /// The output while it is rewritten; beside it, so that it can be renamed.
    var rewritten: String { output + ".sluice-rewrite" }
    /// What a crash has left of lines, one file each time.
    func torn(_ number: Int) -> String { "\(state)/torn-\(number)" }
}
