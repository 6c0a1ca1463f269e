import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

/// From a pipe rows are known as they come: answers to rows that were edited leave the output when it has ended.
@Suite struct ReplacedAnswersTests {
    private func row(_ id: Int, _ text: String = "p") -> String { #"{"id":\#(id),"prompt":"\#(text)"}"# }

    /// The line that a run writes for a row.
    private func answer(_ id: Int, _ text: String = "p", asked: String? = nil, in job: Job) -> String {
        let hash = job.hasher.hash(Bytes(row(id, text))).asked(of: asked).hex
        let asked = asked.map { #""asked":"\#($0)","# } ?? ""
        return #"\#(row(id, text).dropLast()),"output":"x","sluice":{"id":\#(id),\#(asked)"hash":"\#(hash)"}}"#
    }

    /// A run over rows of a pipe that answers some of them.
    private func run(
        _ rows: [String], answering lines: [String], _ job: Job, models: [String] = [], redo: Bool = false
    ) throws -> OutputEnd.Replaced {
        let pipe = Pipe()
        defer {
            close(pipe.reading)
            close(pipe.writing)
        }
        let store = try #require(
            try job.start {
                $0.input = .descriptor(pipe.reading)
                $0.models = models
                $0.allowsRedo = redo
            })
        let asked: [String?] = models.isEmpty ? [nil] : models
        for row in rows {
            for model in asked {
                _ = store.rows.isDone(job.hasher.hash(Bytes(row)).asked(of: model))
            }
        }
        write(text(job.output) + lines.map { $0 + "\n" }.joined(), to: job.output)
        return try #require(store.end).moveReplaced()
    }

    @Test func `the old answer to an edited row moves away when the new one is there`() throws {
        let job = Job()
        job.writeOutput([answer(1, in: job), answer(2, "old", in: job), answer(3, in: job), answer(4, in: job)])
        let replaced = try run([row(1), row(2, "new"), row(3)], answering: [answer(2, "new", in: job)], job)
        #expect(replaced.moved == 1 && replaced.kept == 0)
        #expect(
            lines(job.output) == [
                answer(1, in: job), answer(3, in: job), answer(4, in: job), answer(2, "new", in: job),
            ])
        #expect(lines(job.stale) == [answer(2, "old", in: job)])
    }

    @Test func `without a new answer the old one stays, and so does what has no id`() throws {
        let job = Job()
        let plain = job.answer(#"{"prompt":"x"}"#)
        let before = [answer(1, "old", in: job), plain, plain]
        job.writeOutput(before)
        var node = stat()
        stat(job.output, &node)
        let inode = node.st_ino
        let more = job.answer(#"{"prompt":"y"}"#)
        #expect(try run([row(1, "new"), #"{"prompt":"y"}"#], answering: [more], job) == OutputEnd.Replaced())
        #expect(lines(job.output) == before + [more])
        stat(job.output, &node)
        #expect(node.st_ino == inode && !exists(job.stale))
    }

    @Test func `two answers that a killed run has left to one id become one`() throws {
        let job = Job()
        job.writeOutput([answer(1, "old", in: job), answer(1, "older", in: job), answer(1, "new", in: job)])
        #expect(try run([row(1, "new")], answering: [], job).moved == 2)
        #expect(lines(job.output) == [answer(1, "new", in: job)])
    }

    @Test func `one id is several rows where several models are asked`() throws {
        let job = Job()
        job.writeOutput(["a", "b", "c"].map { answer(1, "old", asked: $0, in: job) })
        let new = ["a", "b"].map { answer(1, "new", asked: $0, in: job) }
        #expect(try run([row(1, "new")], answering: new, job, models: ["a", "b"]).moved == 2)
        #expect(lines(job.output) == [answer(1, "old", asked: "c", in: job)] + new)
    }

    @Test func `many answers stay beside the new ones until redo is asked for`() throws {
        let job = Job()
        job.writeOutput((0..<101).map { answer($0, "old", in: job) })
        let rows = (0..<101).map { row($0, "new") }
        let replaced = try run(rows, answering: (0..<101).map { answer($0, "new", in: job) }, job)
        #expect(replaced.moved == 0 && replaced.kept == 101)
        #expect(lines(job.output).count == 202)
        #expect(try run(rows, answering: [], job, redo: true).moved == 101)
        #expect(lines(job.output) == (0..<101).map { answer($0, "new", in: job) })
    }
}
