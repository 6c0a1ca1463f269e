import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct FailureFilesTests {
    private static let rows = (0..<6).map { #"{"id":\#($0),"prompt":"p"}"# }

    private func failure(_ row: String, _ message: String = "no", asked: String? = nil) -> String {
        let asked = asked.map { #""asked":"\#($0)","# } ?? ""
        return #"{"id":null,"line":1,\#(asked)"row":\#(row),"error":{"class":"FINAL","message":"\#(message)"}}"#
    }

    private func fail(_ lines: [String], _ job: Job) { write(lines.map { $0 + "\n" }.joined(), to: job.errors) }

    /// The rows that a run would ask of those that failed; they are only looked at.
    private func wanted(_ job: Job, _ rows: [String] = Self.rows) throws -> [String] {
        let store = try #require(try job.start { $0.failedRows = .only })
        return rows.filter { store.rows.isWanted(Bytes($0)) }
    }

    @Test func `failures of rows that no run has come to since are not forgotten`() throws {
        let job = Job()
        job.writeInput(Self.rows)
        fail(Self.rows.map { failure($0) }, job)
        #expect(try wanted(job) == Self.rows)
        // Two runs that stop after two rows each.
        fail(Self.rows[..<2].map { failure($0, "again") }, job)
        #expect(try wanted(job) == Self.rows)
        fail(Self.rows[2..<4].map { failure($0, "again") }, job)
        #expect(try wanted(job) == Self.rows)
        let known =
            lines(job.output + ".sluice/errors.previous.jsonl") + lines(job.output + ".sluice/errors.earlier.jsonl")
        #expect(known.count == 6)
        #expect(known.count { $0.contains("again") } == 4)
        // One without failures.
        #expect(try wanted(job) == Self.rows)
    }

    @Test func `a run that came to every row settles what failed before it`() throws {
        let job = Job()
        job.writeInput(Self.rows)
        fail(Self.rows.map { failure($0) }, job)
        try job.start()?.end?.complete()
        #expect(lines(job.output + ".sluice/errors.previous.jsonl").count == 6)
        fail([failure(Self.rows[3])], job)
        #expect(try wanted(job) == [Self.rows[3]])
        #expect(try wanted(job) == [Self.rows[3]])
    }

    @Test func `of equal rows as many count as failed as have failed`() throws {
        let job = Job()
        let equal = [String](repeating: #"{"prompt":"same"}"#, count: 5)
        job.writeInput(equal)
        fail(equal[..<3].map { failure($0) }, job)
        #expect(try wanted(job, equal).count == 3)
        fail([failure(equal[0], "again")], job)
        #expect(try wanted(job, equal).count == 3)
    }

    @Test func `bad lines and plain text are known again, fragments and rows that were too long are not kept`() throws {
        let job = Job()
        job.writeInput(Self.rows)
        let texts = [failure(#""{bad""#), failure(#""plain text""#)]
        fail(texts, job)
        _ = try job.start()
        for round in 0..<3 {
            fail([failure("null", "\(round)")], job)
            write(text(job.errors) + "{\"id\":1,\"ro", to: job.errors)
            _ = try job.start()
        }
        #expect(lines(job.output + ".sluice/errors.earlier.jsonl") == texts)
    }

    @Test(arguments: ["errors.earlier.jsonl.tmp", "errors.earlier.jsonl"])
    func `a crash while failures are set aside loses none`(last: String) throws {
        let job = Job()
        job.writeInput(Self.rows)
        fail(Self.rows.map { failure($0) }, job)
        _ = try job.start()
        fail([failure(Self.rows[0])], job)
        let errors = text(job.errors)
        let previous = text(job.output + ".sluice/errors.previous.jsonl")
        _ = try job.start()
        // As it is before the last renames.
        if last.hasSuffix(".tmp") { write("", to: job.output + ".sluice/errors.earlier.jsonl") }
        write("{\"half", to: job.output + ".sluice/errors.earlier.jsonl.tmp")
        write(previous, to: job.output + ".sluice/errors.previous.jsonl")
        write(errors, to: job.errors)
        #expect(try wanted(job) == Self.rows)
    }

    @Test func `failures of a model that is not asked hold`() throws {
        let job = Job()
        job.writeInput(Self.rows)
        fail(Self.rows[..<2].map { failure($0, asked: "a") } + [failure(Self.rows[0], asked: "b")], job)
        try job.start { $0.models = ["a"] }?.end?.complete()
        let store = try #require(
            try job.start {
                $0.models = ["b"]
                $0.failedRows = .only
            })
        #expect(Self.rows.filter { store.rows.isWanted(Bytes($0), asked: "b") } == [Self.rows[0]])
        try store.end?.complete()
        #expect(exists(job.output + ".sluice/errors.earlier.jsonl"))
    }

    @Test func `a table says why a row has no answer, whichever run it failed in`() throws {
        let job = Job()
        job.writeInput(Self.rows)
        var form = OutputForm(.csv)
        form.errorField = "why"
        func start() throws -> OutputPaths? {
            try job.start { options in
                options.form = form
                if let target = try? OutputTarget(path: job.output, form: form) { options.output = target }
            }?.paths
        }
        fail(Self.rows.map { failure($0, "first") }, job)
        let paths = try #require(try start())
        write(job.answer(Self.rows[5]) + "\n", to: paths.journal)
        fail([failure(Self.rows[0], "second")], job)
        _ = try start()
        fail([failure(Self.rows[1], "third")], job)
        let file = FormFile(source: .file(job.input), form: form, answerField: "output")
        _ = try OutputStore.render(paths, file)
        let cells = lines(job.output).map { $0.split(separator: ",", omittingEmptySubsequences: false).last ?? "" }
        #expect(cells == ["why", "second", "third", "first", "first", "first", ""])
    }
}
