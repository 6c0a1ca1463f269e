import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

/// A start that is refused leaves every file as it was.
@Suite struct RefusedStartTests {
    private func row(_ id: Int, _ text: String = "p") -> String { #"{"id":\#(id),"prompt":"\#(text)"}"# }

    /// Names and contents of everything in a job's folder.
    private func contents(_ job: Job) -> [String: String] {
        job.folder.files.filter { !$0.hasSuffix("/lock") }.reduce(into: [:]) { $0[$1] = text($1) }
    }

    /// Rows that come through a pipe, into a format that is made of a journal.
    private func pipe(_ rows: [String], _ job: Job, _ change: (inout StartOptions) -> Void = { _ in }) throws
        -> StartCounts?
    {
        let pipe = Pipe()
        pipe.write(rows.map { $0 + "\n" }.joined())
        close(pipe.writing)
        defer { close(pipe.reading) }
        return try job.counts { options in
            options.form = OutputForm(.jsonl)
            options.input = .descriptor(pipe.reading)
            if let target = try? OutputTarget(path: job.output, form: options.form) { options.output = target }
            change(&options)
        }
    }

    @Test func `nothing is moved before the run itself has agreed`() throws {
        let job = Job()
        job.writeInput([row(1), row(2, "new"), "{bad"])
        job.writeOutput([job.answer(row(1)), job.answer(row(2, "old"))])
        write(text(job.output) + "{\"torn", to: job.output)
        write("{\"error\":1}\n", to: job.errors)
        let options = try job.options()
        _ = try? OutputStore.start(options, checking: { _, _ throws(SluiceError) in throw SluiceError(.io, "first") })
        let before = contents(job)
        var seen: InputCounts?
        let redo = try job.options { $0.redo = Job.redo() }
        let error = #expect(throws: SluiceError.self) {
            try OutputStore.start(
                redo,
                checking: { _, counts throws(SluiceError) in
                    seen = counts
                    throw SluiceError(.configuration, "no")
                })
        }
        #expect(error?.message == "no")
        #expect(seen?.bad == 1 && seen?.rows == 2)
        #expect(contents(job) == before)
        #expect(try job.counts()?.stale == 1)
    }

    @Test(.enabled(if: geteuid() != 0, "nothing is read-only for the superuser"))
    func `an output that cannot be written is left as it is`() throws {
        let job = Job()
        job.writeInput([row(1, "new")])
        job.writeOutput([job.answer(row(1, "old"))])
        chmod(job.output, 0o400)
        #expect(job.refusal()?.code == .disk)
        #expect(lines(job.output) == [job.answer(row(1, "old"))])
        #expect(!exists(job.stale))
    }

    @Test func `an input without rows does not empty an output, unless that is meant`() throws {
        for content in ["", "\n", "{bad\n"] {
            let job = Job()
            write(content, to: job.input)
            job.writeOutput([job.answer(row(1))])
            let error = try #require(job.refusal())
            #expect(error.message.hasPrefix("the input has no row, and the 1 answers in "))
            #expect(error.hint?.contains("--redo") == true)
            #expect(lines(job.output).count == 1)
            #expect(try job.counts { $0.allowsRedo = true }?.stale == 1)
            #expect(try job.counts()?.left == 0)
        }
    }

    @Test func `a pipe that is refused leaves the copy of the one before`() throws {
        let job = Job()
        let rows = (0..<200).map { row($0) }
        #expect(try pipe(rows, job)?.left == 200)
        write(rows.map { job.answer($0) + "\n" }.joined(), to: job.output + ".sluice/answers.jsonl")
        let before = contents(job)

        func refusal(_ rows: [String], _ change: (inout StartOptions) -> Void = { _ in }) -> SluiceError? {
            do { _ = try pipe(rows, job, change) } catch { return error as? SluiceError }
            return nil
        }
        // Other rows, none, and two with one id.
        #expect(refusal(rows.map { $0.replacing("\"p\"", with: "\"q\"") })?.message.hasPrefix("200 of the 200") == true)
        #expect(contents(job) == before)
        let empty = try #require(refusal([]))
        #expect(empty.message.hasPrefix("the input has no row") && empty.file?.contains("descriptor") == true)
        #expect(contents(job) == before)
        let twice = try #require(refusal(rows + [row(7)]))
        #expect(twice.line == 201 && twice.file?.contains("descriptor") == true, "\(twice)")
        #expect(contents(job) == before)

        #expect(try pipe(Array(rows[1...]), job)?.stale == 1)
        #expect(lines(job.output + ".sluice/input") == Array(rows[1...]))
        #expect(!exists(job.output + ".sluice/input.new"))
    }

    @Test func `answers of another tool are taken over once the run may begin`() throws {
        let job = Job()
        job.writeInput([#"{"id":1,"p":"a"}"#])
        write(#"{"id":1,"p":"a","output":"x"}"# + "\n" + #"{"id":2,"p":"b","output":"y"}"# + "\n", to: job.output)
        func options(_ options: inout StartOptions) {
            options.form = OutputForm(.jsonl)
            if let target = try? OutputTarget(path: job.output, form: options.form) { options.output = target }
        }
        let before = contents(job)
        let start = try job.options(options)
        #expect(throws: SluiceError.self) {
            try OutputStore.start(
                start, checking: { _, _ throws(SluiceError) in throw SluiceError(.configuration, "no") })
        }
        #expect(contents(job) == before)
        #expect(!exists(job.output + ".sluice"))
        job.writeInput([#"{"id":1,"p":"a"}"#, #"{"id":2,"p":"b"}"#])
        #expect(try job.counts(options)?.taken == 2)
    }
}
