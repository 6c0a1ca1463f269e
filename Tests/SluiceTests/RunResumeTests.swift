import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct RunResumeTests {
    @Test func `a second run sends nothing`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...50), at: simulator.baseURL)
            _ = try await job.run()
            let output = TextFile.read(job.output)
            let summary = try await job.run()
            #expect(summary.exitCode == 0)
            #expect(summary.counts.doneBefore == 50)
            #expect(summary.counts.attempts == 0)
            #expect(await simulator.ledger().count == 50)
            #expect(TextFile.read(job.output) == output)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6])
    func `an output cut at any byte is completed with exactly the rows it lacks`(seed: Int) async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...40), at: simulator.baseURL)
            _ = try await job.run()
            let whole = TextFile.read(job.output)
            // Odd multiples of a prime spread the cuts; the last seed cuts right before a line's end.
            var cut = (seed * 7919 * 13) % whole.count
            if seed == 6, let end = whole[..<(whole.count / 2)].lastIndex(of: 0x0A) { cut = end }
            try TextFile.write(Array(whole[..<cut]), to: job.output)
            let present = whole[..<cut].split(separator: 0x0A)
                .compactMap { try? JSON.parse(Bytes(Array($0)))["id"]?.string }.compactMap { Int($0) }
            let missing = Set(1...40).subtracting(present).sorted()

            let before = await simulator.ledger().count
            let summary = try await job.run()
            #expect(summary.exitCode == 0)
            #expect(summary.counts.doneBefore == present.count)
            #expect(await simulator.ledger().dropFirst(before).compactMap(\.item).sorted() == missing)
            #expect(try job.ids() == Array(1...40))
        }
    }

    @Test func `a damaged line in the middle is set aside and its row asked again`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...10), at: simulator.baseURL)
            _ = try await job.run()
            var lines = try TextFile.lines(job.output)
            let lost = try JSON.parse(Bytes(lines[4]))["id"]?.string ?? ""
            lines[4] = String(lines[4].prefix(60))
            try TextFile.write(lines.map { $0 + "\n" }.joined(), to: job.output)
            #expect(try await job.run().exitCode == 0)
            #expect(await simulator.ledger().dropFirst(10).map { "\($0.item ?? 0)" } == [lost])
            #expect(try job.ids() == Array(1...10))
            let torn = job.folder.files.filter { $0.contains("/torn-") }
            #expect(torn.count == 1)
            #expect(torn.first.map { TextFile.read($0).starts(with: Array(lines[4].utf8)) } == true)
        }
    }

    @Test func `one edited row is one request, and its old answer is set aside`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...20), at: simulator.baseURL)
            _ = try await job.run()
            try job.write(Job.prompts(1...11) + [Job.prompt(12, "edited")] + Job.prompts(13...20))
            let events = Events()
            let summary = try await job.run(onEvent: events.take)
            #expect(summary.counts.answered == 1)
            #expect(summary.counts.doneBefore == 19)
            #expect(await simulator.ledger().dropFirst(20).map(\.item) == [12])
            #expect(try job.ids() == Array(1...20))
            let stale = try TextFile.objects(job.state("stale.jsonl"))
            #expect(stale.map { $0["prompt"]?.string } == ["hello item-12"])
            #expect(events.contains("stale.jsonl"))
        }
    }

    @Test func `rows may be moved, added and removed between runs`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...20), at: simulator.baseURL)
            _ = try await job.run()
            try job.write(Job.prompts((3...25).reversed()))
            let summary = try await job.run()
            #expect(summary.counts.doneBefore == 18)
            #expect(await simulator.ledger().dropFirst(20).compactMap(\.item).sorted() == Array(21...25))
            #expect(try job.ids() == Array(3...25))
            #expect(try TextFile.objects(job.state("stale.jsonl")).count == 2)
        }
    }

    @Test func `many changed rows stop the run until redo is asked for`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...120), at: simulator.baseURL)
            _ = try await job.run()
            let output = TextFile.read(job.output)
            job.options.asking.system = "Another question."
            let error = await job.refusal()
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("120") == true)
            #expect(error?.hint?.contains("--redo") == true)
            #expect(await simulator.ledger().count == 120)
            #expect(TextFile.read(job.output) == output)

            job.options.redo = true
            #expect(try await job.run().counts.answered == 120)
            #expect(await simulator.ledger().count == 240)
            #expect(try job.ids() == Array(1...120))
            #expect(try TextFile.lines(job.state("stale.jsonl")).count == 120)
        }
    }

    @Test func `everything is asked again where that is asked for, and the old answers are kept`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...10), at: simulator.baseURL)
            _ = try await job.run()
            let old = try TextFile.lines(job.output)
            job.options.redoAll = true
            #expect(try await job.run().counts.answered == 10)
            #expect(await simulator.ledger().count == 20)
            #expect(try job.ids() == Array(1...10))
            #expect(try TextFile.lines(job.state("stale.jsonl")).sorted() == old.sorted())
        }
    }

    @Test func `an output of something else is refused and left alone`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            try TextFile.write("{\"mine\":1}\n", to: job.output)
            let error = await job.refusal()
            #expect(error?.code == .configuration)
            #expect(TextFile.read(job.output) == Array("{\"mine\":1}\n".utf8))
            #expect(await simulator.ledger().isEmpty)
            #expect(!TextFile.exists(job.state("lock")))
        }
    }

    @Test func `a second run on one output is refused while the first goes on`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            let job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            let first = Run(job.options)
            async let finished = job.finish(first)
            #expect(await Deadline.wait { simulator.counts().inFlight == 3 })
            let error = await job.refusal()
            #expect(error?.code == .locked)
            #expect(error?.message.contains("process ") == true)
            first.stop(.interrupted)
            first.stop(.interrupted)
            let summary = try await finished
            #expect(summary.exitCode == 130)
            #expect(simulator.counts().requests == 3)
        }
    }

    @Test func `rows without an id are told apart by their content`() async throws {
        try await withSimulator { simulator in
            let job = try Job((1...10).map { "plain item-\($0)" }, at: simulator.baseURL)
            _ = try await job.run()
            try job.write((1...12).map { "plain item-\($0)" })
            #expect(try await job.run().counts.doneBefore == 10)
            #expect(await simulator.ledger().paid == Array(1...12))
        }
    }
}
