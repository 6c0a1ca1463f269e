package import SluiceCore

/// The files that belong to one output; all are beside it or in its state folder.
package struct OutputPaths: Sendable, Equatable {
    /// The output itself, absolute and with links resolved.
    package let output: String
    /// Whether answers are kept in a journal from which the output is made; if not, the output itself keeps them.
    package let hasJournal: Bool

    /// Resolves the name of an output that need not exist yet.
    /// - Throws: ``SluiceError`` of code `configuration` if its folder does not exist.
    package init(_ output: String, hasJournal: Bool = false) throws(SluiceError) {
        self.output = try RealPath.resolve(output)
        self.hasJournal = hasJournal
    }

    /// The file that keeps the answers: whole lines, only ever appended to while a run goes on.
    package var answers: String { hasJournal ? journal : output }
    /// The answers of an output in another form than rows.
    package var journal: String { state + "/answers.jsonl" }
    /// What must be known to make the output from its journal.
    package var form: String { state + "/form.json" }
    /// A copy of an input that can be read once only.
    package var spool: String { state + "/input" }
    /// Such a copy before it is known whether the run may begin.
    var newSpool: String { state + "/input.new" }

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
    /// What its runs told people.
    var events: String { state + "/run.jsonl" }
    /// The same of runs before those.
    var previousEvents: String { state + "/run.previous.jsonl" }
    /// The time series of its runs, and days' counters where they have no better place.
    package var database: String { state + "/state.db" }
    /// The rows that are being asked; see ``InFlightNote``.
    package var inFlight: String { state + "/inflight" }
    /// The rows that were being asked when the process died; see ``Suspects``.
    package var suspects: String { state + "/suspects" }
    /// The failures of the run before the last.
    package var previousErrors: String { state + "/errors.previous.jsonl" }
    /// The failures of runs before that one, of rows that no run has come to since.
    var earlierErrors: String { state + "/errors.earlier.jsonl" }
    /// Which answers are to be given anew.
    package var redo: String { state + "/redo.json" }
    /// Answers to rows that were edited or removed.
    package var stale: String { state + "/stale.jsonl" }
    /// The answers while they are rewritten; beside them, so that they can be renamed.
    var rewritten: String { answers + ".sluice-rewrite" }
    /// What is locked while the output is made from its journal.
    var renderLock: String { state + "/render.lock" }
    /// What somebody has put in the place of an output that is made from a journal.
    func replaced(_ number: Int) -> String { "\(state)/replaced-\(number)" }
    /// What was in the way of the files of a folder.
    var replacedFiles: String { state + "/replaced" }
    /// What a crash has left of lines, one file each time.
    func torn(_ number: Int) -> String { "\(state)/torn-\(number)" }
}
