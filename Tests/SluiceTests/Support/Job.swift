import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Rows in a folder of their own, an output beside them and the options of a run from the one to the other.
struct Job {
    let folder = TemporaryFolder()
    var options = RunOptions()

    /// A job for one model at a provider, one account for each key.
    init(_ rows: [String], at base: String, keys: [String] = []) throws {
        options.input = folder.file("in.jsonl")
        options.output = folder.file("out.jsonl")
        options.asking.model = "m"
        options.accounts = try Self.accounts(at: base, keys)
        options.isDurable = false  // what is durable is the storage tests' affair; here it only costs time
        try write(rows)
    }

    static func accounts(at base: String, _ keys: [String] = []) throws -> [Account] {
        let base = try BaseURL(base)
        if keys.isEmpty { return [Account(name: "local", base: base, keys: [])] }
        return keys.map { Account(name: "account of \($0)", base: base, keys: [Secret($0)]) }
    }

    /// Prompts that say which item they are, so that the provider's ledger can be compared with the rows.
    static func prompts(_ numbers: some Sequence<Int>) -> [String] { numbers.map { prompt($0) } }

    static func prompt(_ number: Int, _ text: String = "hello") -> String {
        #"{"id":"\#(number)","prompt":"\#(text) item-\#(number)"}"#
    }

    func write(_ rows: [String]) throws { try TextFile.write(rows.map { $0 + "\n" }.joined(), to: input) }

    var input: String { folder.file("in.jsonl") }
    var output: String { folder.file("out.jsonl") }
    var errors: String { output + ".errors.jsonl" }

    /// A file in the output's state folder.
    func state(_ name: String) -> String { output + ".sluice/" + name }

    /// Runs to the end; every row must be accounted for, and the errors file must hold each failed one.
    func run(onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }) async throws -> RunSummary {
        try await finish(Run(options, onEvent: onEvent))
    }

    /// The same for a run that others hold, to stop it.
    func finish(_ run: Run) async throws -> RunSummary {
        let summary = try await run.execute()
        let counts = summary.counts
        #expect(
            counts.read == counts.answered + counts.cached + counts.deduplicated + counts.doneBefore + counts.failed
                + counts.left, "\(counts)")
        #expect(try TextFile.lines(errors).count == counts.failed)
        return summary
    }

    /// What stops the run before it sends; nil if nothing does.
    func refusal() async -> SluiceError? {
        do {
            _ = try await Run(options).execute()
            return nil
        } catch {
            return error
        }
    }

    /// The answers, each a JSON object; a malformed line throws.
    func answers() throws -> [JSON] { try TextFile.objects(output) }

    /// The failed rows.
    func failures() throws -> [JSON] { try TextFile.objects(errors) }

    /// The ids of the answers, in order; an id twice shows.
    func ids() throws -> [Int] { try answers().compactMap { $0["id"]?.string.flatMap { Int($0) } }.sorted() }
}

extension [LedgerEntry] {
    /// Requests with this status.
    func count(of status: Int) -> Int { count { $0.status == status } }
}
