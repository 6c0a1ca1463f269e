import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct SupersededTests {
    private func row(_ id: Int, _ text: String = "p") -> String { #"{"id":\#(id),"prompt":"\#(text)"}"# }

    @Test func `an edited row is asked again and its old answer moves to the stale file`() throws {
        let job = Job()
        job.writeInput([row(1), row(2, "new"), row(3)])
        job.writeOutput([job.answer(row(1)), job.answer(row(2, "old")), job.answer(row(3))])
        chmod(job.output, 0o644)
        let store = try #require(try job.start())
        #expect(store.counts.stale == 1)
        #expect(store.counts.finished == 2)
        #expect(store.counts.left == 1)
        #expect(lines(job.output) == [job.answer(row(1)), job.answer(row(3))])
        #expect(lines(job.stale) == [job.answer(row(2, "old"))])
        #expect(mode(job.stale) == 0o600)
        #expect(mode(job.output) == 0o644)
        #expect(store.rows.isDone(job.hasher.hash(Bytes(row(1)))))
        #expect(!store.rows.isDone(job.hasher.hash(Bytes(row(2, "old")))))
        #expect(!job.folder.names().contains { $0.contains("rewrite") })
    }

    @Test func `stale answers gather in one file, behind a line that a crash cut off`() throws {
        let job = Job()
        job.writeInput([row(1)])
        job.writeOutput([job.answer(row(1)), job.answer(row(2))])
        _ = try job.start()
        write(text(job.stale) + "{\"cut", to: job.stale)
        job.writeOutput([job.answer(row(1)), job.answer(row(3))])
        _ = try job.start()
        #expect(lines(job.stale) == [job.answer(row(2)), "{\"cut", job.answer(row(3))])
    }

    @Test func `without stale answers the file is not rewritten`() throws {
        let job = Job()
        job.writeInput([row(1), row(2)])
        job.writeOutput([job.answer(row(1))])
        var before = stat()
        stat(job.output, &before)
        _ = try job.start()
        var after = stat()
        stat(job.output, &after)
        #expect(before.st_ino == after.st_ino)
        #expect(!exists(job.stale))
    }

    @Test func `a rewrite that a crash left unfinished is thrown away`() throws {
        let job = Job()
        job.writeInput([row(1)])
        job.writeOutput([job.answer(row(1)), job.answer(row(2))])
        write("half a lin", to: job.output + ".sluice-rewrite")
        #expect(try job.counts()?.stale == 1)
        #expect(lines(job.output) == [job.answer(row(1))])
        #expect(!exists(job.output + ".sluice-rewrite"))
    }

    @Test func `many changed rows stop the run before anything moves, unless they are meant to be redone`() throws {
        let job = Job()
        let old = (0..<1000).map { row($0) }
        job.writeOutput(old.map(job.answer))
        // 100 changed rows, or a tenth, pass.
        job.writeInput((0..<1000).map { row($0, $0 < 100 ? "new" : "p") })
        #expect(try job.counts()?.stale == 100)
        job.writeOutput(old.map(job.answer))
        job.writeInput((0..<1000).map { row($0, $0 < 101 ? "new" : "p") })
        let error = try #require(job.refusal())
        #expect(error.code == .configuration)
        #expect(error.message.contains("101 of the 1000 answers"))
        #expect(error.hint?.contains("--redo") == true)
        #expect(lines(job.output).count == 1000)
        #expect(try job.counts { $0.allowsRedo = true }?.stale == 101)
        #expect(lines(job.output).count == 899)
    }

    @Test func `another input does not empty an output unasked, as its answers would be paid for again`() throws {
        let job = Job()
        job.writeOutput((0..<1000).map { job.answer(row($0)) })
        job.writeInput((500..<1050).map { row($0) })
        #expect(try #require(job.refusal()).message.contains("500 of the 1000 answers"))
        #expect(lines(job.output).count == 1000)
        let counts = try #require(try job.counts { $0.allowsRedo = true })
        #expect(counts.stale == 500)
        #expect(counts.input?.alreadyDone == 500)
        #expect(counts.left == 50)
    }

    @Test func `starting over moves every answer away`() throws {
        let job = Job()
        job.writeInput([row(1), row(2)])
        job.writeOutput([job.answer(row(1)), job.answer(row(2))])
        let counts = try #require(try job.counts { $0.redo = Job.redo() })
        #expect(counts.stale == 2)
        #expect(counts.left == 2)
        #expect(lines(job.output) == [])
        #expect(lines(job.stale).count == 2)
    }
}
