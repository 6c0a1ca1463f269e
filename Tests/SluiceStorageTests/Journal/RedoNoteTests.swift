import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct RedoNoteTests {
    private static let rows = (1...6).map { #"{"id":\#($0),"prompt":"p"}"# }

    /// An output with an answer to every row.
    private func job() -> Job {
        let job = Job()
        job.writeInput(Self.rows)
        job.writeOutput(Self.rows.map { job.answer($0) })
        return job
    }

    /// The line that a run writes for a row that one of several models was asked.
    private func answer(_ row: String, of model: String, _ job: Job) -> String {
        let hash = job.hasher.hash(Bytes(row)).asked(of: model).hex
        return #"\#(row.dropLast()),"output":"x","sluice":{"asked":"\#(model)","hash":"\#(hash)"}}"#
    }

    private func append(_ lines: [String], to job: Job) {
        write(text(job.output) + lines.map { $0 + "\n" }.joined(), to: job.output)
    }

    @Test func `what was answered since a redo began is not given up by the same redo`() throws {
        let job = job()
        var counts = try #require(try job.counts { $0.redo = Job.redo() })
        #expect(counts.stale == 6 && counts.left == 6 && !counts.goesOnWithRedo)
        append(Self.rows[..<2].map { job.answer($0) }, to: job)
        counts = try #require(try job.counts { $0.redo = Job.redo() })
        #expect(counts.stale == 0 && counts.left == 4 && counts.goesOnWithRedo)
        // Whoever no longer asks for a redo goes on, too, and ends it.
        let store = try #require(try job.start())
        #expect(store.counts.left == 4)
        try store.end?.complete()
        #expect(!exists(job.output + ".sluice/redo.json"))
        #expect(lines(job.output).count == 2)
    }

    @Test func `a redo that has come to every row is over: the next one begins anew`() throws {
        let job = job()
        let store = try #require(try job.start { $0.redo = Job.redo() })
        append(Self.rows.map { job.answer($0) }, to: job)
        try store.end?.complete()
        #expect(!exists(job.output + ".sluice/redo.json"))
        withExtendedLifetime(store) {}
    }

    @Test func `the next redo after one that is over moves all away again`() throws {
        let job = job()
        try job.start { $0.redo = Job.redo() }?.end?.complete()
        append(Self.rows.map { job.answer($0) }, to: job)
        #expect(try job.counts { $0.redo = Job.redo() }?.stale == 6)
        #expect(lines(job.stale).count == 12)
    }

    @Test func `another model, field or part is another redo`() throws {
        let others: [Redo] = [
            Job.redo(of: "other"), Job.redo(into: "b"),
            Redo(
                models: [], askedWith: Bytes(#"{"model":"m"}"#), answerField: "output", shard: Shard(index: 0, count: 2)
            ),
        ]
        for other in others {
            let job = job()
            _ = try job.start { $0.redo = Job.redo() }
            append([job.answer(Self.rows[0])], to: job)
            #expect(try job.counts { $0.redo = other }?.stale == 1)
        }
    }

    @Test func `a crash before the note is written gives up nothing but what was asked for`() throws {
        let job = job()
        _ = try job.start { $0.redo = Job.redo() }
        unlink(job.output + ".sluice/redo.json")
        #expect(try job.counts { $0.redo = Job.redo() }?.left == 6)
        #expect(lines(job.stale).count == 6)
        append([job.answer(Self.rows[0])], to: job)
        #expect(try job.counts { $0.redo = Job.redo() }?.left == 5)
        write("{\"redone\":", to: job.output + ".sluice/redo.json")
        #expect(try job.counts { $0.redo = Job.redo() }?.left == 6)
    }

    @Test func `rows that are edited or added while a redo goes on are asked with the others`() throws {
        let job = job()
        _ = try job.start { $0.redo = Job.redo() }
        append(Self.rows[..<3].map { job.answer($0) }, to: job)
        job.writeInput([#"{"id":1,"prompt":"edited"}"#] + Self.rows[1...] + [#"{"id":7,"prompt":"p"}"#])
        let counts = try #require(
            try job.counts {
                $0.redo = Job.redo()
                $0.allowsRedo = true
            })
        #expect(counts.stale == 1 && counts.left == 5 && counts.goesOnWithRedo)
    }

    @Test func `of several models each has a redo of its own`() throws {
        let job = job()
        job.writeOutput(["a", "b"].flatMap { model in Self.rows.map { answer($0, of: model, job) } })
        func redo(_ models: String...) throws -> StartCounts? {
            try job.counts {
                $0.models = models
                $0.redo = Job.redo(models)
            }
        }
        var counts = try #require(try redo("a"))
        #expect(counts.stale == 6 && counts.left == 6 && counts.others == 6)
        append([answer(Self.rows[0], of: "a", job)], to: job)
        counts = try #require(try redo("a", "b"))
        #expect(counts.stale == 6 && counts.finished == 1 && counts.left == 11 && counts.goesOnWithRedo)
        append([answer(Self.rows[0], of: "b", job)], to: job)
        // The end of one leaves the other.
        try job.start { $0.models = ["a"] }?.end?.complete()
        counts = try #require(try redo("b"))
        #expect(counts.stale == 0 && counts.finished == 1 && counts.others == 1)
        #expect(try redo("a")?.stale == 1)
    }
}
