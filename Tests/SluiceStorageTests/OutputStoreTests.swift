import Glibc
import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

@Suite struct OutputStoreTests {
    @Test func `a new output gets a state folder for its owner only`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#, #"{"p":2}"#])
        let store = try #require(try job.start())
        #expect(store.counts.input?.rows == 2)
        #expect(store.counts.left == 2)
        #expect(store.counts.input?.fingerprint?.bytes == 16)
        #expect(
            store.counts.input?.fingerprint?.sha256
                == "b8d4f6c4601684b6a1b91c91c1013bb1f607077723e0d868e4ce7680263ab7a8")
        #expect(mode(job.output + ".sluice") == 0o700)
        #expect(mode(job.output + ".sluice/lock") == 0o600)
        #expect(job.folder.names(in: "out.jsonl.sluice") == ["form.json", "lock"])
    }

    @Test func `the errors of the former run are set aside`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        write("{\"error\":1}\n", to: job.errors)
        _ = try job.start()
        #expect(!exists(job.errors))
        #expect(text(job.output + ".sluice/errors.previous.jsonl") == "{\"error\":1}\n")
        write("", to: job.errors)
        _ = try job.start()
        #expect(!exists(job.errors))
        #expect(text(job.output + ".sluice/errors.previous.jsonl") == "{\"error\":1}\n")
    }

    @Test func `an input that the run itself would change is refused`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        write("{\"p\":1}\n", to: job.errors)
        #expect(job.refusal { $0.input = .file(job.errors) }?.code == .configuration)
        symlink("in.jsonl", job.output)
        #expect(job.refusal()?.code == .configuration)
        #expect(text(job.input) == "{\"p\":1}\n")
    }

    @Test func `an output that cannot be one is refused`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        #expect(throws: SluiceError(.configuration, "")) { try OutputTarget(path: job.folder.path) }
        #expect(throws: SluiceError(.configuration, "")) { try OutputTarget(path: "/dev/null") }
        #expect(throws: SluiceError(.configuration, "")) { try OutputTarget(path: job.folder.file("no/out.jsonl")) }
        mkdir(job.folder.file("elsewhere"), 0o700)
        symlink("elsewhere", job.output + ".sluice")
        #expect(job.refusal()?.code == .io)
    }

    @Test func `a pipe as input is matched with the finished rows as it comes`() throws {
        let job = Job()
        let pipe = Pipe()
        job.writeOutput([job.answer(#"{"id":1}"#), job.answer(#"{"id":2}"#)])
        let store = try #require(try job.start { $0.input = .descriptor(pipe.reading) })
        #expect(store.counts.input == nil)
        #expect(store.counts.finished == 2)
        #expect(store.rows.isDone(job.hasher.hash(Bytes(#"{"id":2}"#))))
        #expect(!store.rows.isDone(job.hasher.hash(Bytes(#"{"id":3}"#))))
        let id = try #require(RowIdentity.of(try JSON.parse(Bytes(#"{"id":2}"#))))
        #expect(store.rows.isNew(id))
        #expect(!store.rows.isNew(id))
        #expect(lines(job.output).count == 2)
    }

    @Test func `a stream as output needs no files`() throws {
        let job = Job()
        job.writeInput([#"{"id":1}"#, "text"])
        let store = try #require(try job.start { $0.output = .standardOutput })
        #expect(store.paths == nil)
        #expect(store.counts.left == 2)
        #expect(job.folder.names() == ["in.jsonl"])
    }

    @Test func `progress tells how far both files are read`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        job.writeOutput([job.answer(#"{"p":1}"#)])
        var seen: [StartProgress] = []
        _ = try OutputStore.start(try job.options(), progress: { seen.append($0) })
        #expect(seen.map(\.step) == [.output, .input])
        #expect(seen.allSatisfy { $0.bytes == $0.total && $0.total > 0 })
    }

    /// Rows of a small alphabet, so that many are equal and many ids come again after an edit.
    private func randomRow(_ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: #"{"p":"\#(Int.random(in: 0..<6, using: &random))"}"#
        case 1: "text \(Int.random(in: 0..<4, using: &random))"
        case 2: "{}"
        default: #"{"id":0,"p":\#(Int.random(in: 0..<4, using: &random))}"#
        }
    }

    private func randomInput(_ random: inout SplitMix64) -> [String] {
        (0..<Int.random(in: 0..<40, using: &random)).map { line in
            randomRow(&random).replacing("\"id\":0", with: "\"id\":\(line)")
        }
    }

    /// Inserts, deletes, moves, edits and doubles rows.
    private func edited(_ rows: [String], _ random: inout SplitMix64) -> [String] {
        var rows = rows
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            let at = Int.random(in: 0...rows.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: rows.insert("new \(random.next() % 5)", at: at)
            case 1 where at < rows.count: rows.remove(at: at)
            case 2: rows.shuffle(using: &random)
            case 3 where at < rows.count: rows[at] = rows[at] + " "
            case 4 where at < rows.count && !rows[at].contains("id"): rows.insert(rows[at], at: at)
            default: break
            }
        }
        return rows
    }

    private func multiset(_ lines: [String]) -> [String: Int] {
        lines.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    @Test(arguments: 0..<40)
    func `after any edit exactly the rows without an answer are left`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let job = Job()
        func answer(_ row: String) -> String {
            row.hasPrefix("{")
                ? job.answer(row)
                : #"{"prompt":"\#(row)","sluice":{"hash":"\#(job.hasher.hash(Bytes(row)).hex)"}}"#
        }
        func key(_ row: String) -> String { job.hasher.hash(Bytes(row)).hex }

        var rows = randomInput(&random)
        var answered: [String] = []
        var staleKeys: [String: Int] = [:]
        for _ in 0..<4 {
            job.writeInput(rows)
            let store = try #require(try job.start { $0.allowsRedo = true })

            // The naive model: each row uses up one answer with its key, what is left over is stale.
            var answers = multiset(answered.map(key))
            var expectedLeft: [String] = []
            for row in rows {
                if answers[key(row), default: 0] > 0 {
                    answers[key(row), default: 0] -= 1
                } else {
                    expectedLeft.append(row)
                }
            }
            for (key, count) in answers where count > 0 { staleKeys[key, default: 0] += count }

            #expect(store.counts.left == expectedLeft.count)
            #expect(store.counts.stale == answers.values.reduce(0, +))
            let left = rows.filter { !store.rows.isDone(job.hasher.hash(Bytes($0))) }
            #expect(multiset(left.map(key)) == multiset(expectedLeft.map(key)))
            #expect(lines(job.output).count == rows.count - left.count)

            // The run is killed after some of the rows.
            let asked = left.shuffled(using: &random).prefix(Int.random(in: 0...left.count, using: &random))
            write(text(job.output) + asked.map { answer($0) + "\n" }.joined(), to: job.output)
            answered = rows
            for row in left { answered.remove(at: try #require(answered.firstIndex(of: row))) }
            answered += asked
            rows = edited(rows, &random)
        }
        let stale = lines(job.stale).compactMap { try? JSON.parse(Bytes($0))["sluice"]?["hash"]?.string }
        #expect(multiset(stale) == staleKeys)
    }

    @Test func `a part of a stream goes on as that part and as no other`() throws {
        let job = Job()
        let pipe = Pipe()
        defer {
            close(pipe.reading)
            close(pipe.writing)
        }
        func part(_ index: Int?) -> (inout StartOptions) -> Void {
            { $0.input = InputSource(.descriptor(pipe.reading), shard: index.flatMap { Shard(index: $0, count: 2) }) }
        }
        #expect(try job.counts(part(0)) != nil)
        job.writeOutput([job.answer(#"{"p":1}"#)])
        #expect(try job.counts(part(0))?.finished == 1)
        #expect(job.refusal(part(1))?.message.contains("holds part 0 of 2") == true)
        #expect(try job.counts(part(nil))?.finished == 1)
        #expect(job.refusal(part(0))?.message.contains("holds the whole") == true)
        // A note that does not tell the part refuses none.
        write(#"{"schema":1,"into":"output","format":"rows"}"#, to: job.output + ".sluice/form.json")
        #expect(try job.counts(part(1))?.finished == 1)
    }

    @Test(arguments: [false, true])
    func `answers in one field are not continued in another, but all may be asked again`(ordered: Bool) throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        func options(into field: String, redo: Bool = false, all: Bool = false) -> (inout StartOptions) -> Void {
            { options in
                options.form.isOrdered = ordered
                if let target = try? OutputTarget(path: job.output, form: options.form) { options.output = target }
                options.answerField = field
                options.allowsRedo = redo || all
                options.redo = all ? Job.redo(into: field) : nil
            }
        }
        let answers = ordered ? job.output + ".sluice/answers.jsonl" : job.output
        _ = try job.counts(options(into: "output"))
        write(job.answer(#"{"p":1}"#) + "\n", to: answers)
        #expect(job.refusal(options(into: "b"))?.message.contains("are in 'output', and not in 'b'") == true)
        #expect(job.refusal(options(into: "b", redo: true))?.hint?.contains("--into output") == true)
        #expect(try job.counts(options(into: "output"))?.finished == 1)
        #expect(try job.counts(options(into: "b", all: true))?.stale == 1)
    }

    @Test func `an output is made by one process at a time`() throws {
        let job = Job()
        job.writeInput([#"{"p":1}"#])
        var options = try job.options()
        options.form = OutputForm(.jsonl)
        options.output = try OutputTarget(path: job.output, form: options.form)
        let paths = try #require(try OutputStore.start(options)?.paths)
        write(job.answer(#"{"p":1}"#) + "\n", to: paths.journal)
        let file = FormFile(source: options.input, form: options.form, answerField: "output")

        let lock = open(paths.state + "/render.lock", O_RDWR | O_CREAT, 0o600)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let error = #expect(throws: SluiceError.self) {
            try OutputStore.render(paths, file, shouldStop: { true })
        }
        #expect(error?.message.contains("another process") == true)
        #expect(!exists(job.output))
        // It goes on by itself when the other one has ended.
        var looks = 0
        let counts = try OutputStore.render(paths, file) {
            looks += 1
            if looks == 2 { flock(lock, LOCK_UN) }
            return false
        }
        #expect(looks >= 2 && counts?.answered == 1)
        #expect(text(job.output) == #"{"p":1,"output":"x"}"# + "\n")
    }
}
