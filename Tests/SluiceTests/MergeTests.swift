import Glibc
import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct MergeTests {
    private func refusal(_ merge: Merge) -> SluiceError? {
        do {
            _ = try merge.execute()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a file that no run has written is no output`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...2), at: simulator.baseURL)
            let notes = job.folder.file("notes.txt")
            try TextFile.write("hello\n", to: notes)
            var merge = Merge([notes])
            merge.input = job.input
            merge.target = job.folder.file("merged.csv")
            #expect(refusal(merge)?.message.contains("no run has written") == true)
            #expect(!TextFile.exists(job.folder.file("merged.csv")))
            // Nor is one of several.
            _ = try await job.run()
            merge.outputs = [job.output, notes]
            #expect(refusal(merge)?.message.contains("notes.txt") == true)
            merge.outputs = [job.output]
            #expect(try merge.execute().answered == 2)
        }
    }

    @Test func `an output without an answer is one all the same`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(rate: 1), .error(Refusal(400, "not that", code: "content_policy")))]
        try await withSimulator(options) { simulator in
            let job = try Job(Job.prompts(1...2), at: simulator.baseURL)
            #expect(try await job.run().counts.failed == 2)
            var merge = Merge([job.output])
            merge.target = job.folder.file("merged.csv")
            merge.files.errorColumn = "why"
            #expect(try merge.execute().missing == 2)
            #expect(
                try TextFile.lines(job.folder.file("merged.csv"))
                    == ["id,prompt,output,why", "1,hello item-1,,not that", "2,hello item-2,,not that"])
        }
    }

    @Test func `why rows have no answer is told of every part`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(rate: 1), .error(Refusal(400, "not that", code: "content_policy")))]
        try await withSimulator(options) { simulator in
            let job = try Job(Job.prompts(1...12), at: simulator.baseURL)
            var merge = Merge([])
            for index in 0..<2 {
                var part = job
                part.options.files.shard = (index, 2)
                let output = job.folder.file("part-\(index).csv")
                part.options.output = output
                #expect(try await Run(part.options).execute().counts.failed > 0)
                merge.outputs.append(output)
            }
            merge.target = job.folder.file("merged.csv")
            merge.files.errorColumn = "why"
            #expect(try merge.execute().rows == 12)
            let lines = try TextFile.lines(job.folder.file("merged.csv")).dropFirst()
            #expect(lines.count == 12 && lines.allSatisfy { $0.hasSuffix(",not that") }, "\(lines)")
        }
    }

    @Test func `answers that name no model are counted where others name several`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            _ = try await job.run()
            let plain = job.output
            job.options.asking.model = nil
            job.options.asking.models = ["a", "b"]
            job.options.output = job.folder.file("several.jsonl")
            _ = try await Run(job.options).execute()
            var merge = Merge([job.folder.file("several.jsonl"), plain])
            merge.target = job.folder.file("merged.jsonl")
            let summary = try merge.execute()
            #expect((summary.rows, summary.answered, summary.unused, summary.unnamed) == (6, 6, 0, 3))
            merge.outputs.reverse()
            #expect(try merge.execute() == summary)
        }
    }

    @Test func `two merges into one file at once are both whole`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            _ = try await job.run()
            let pipe = job.folder.file("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            let target = job.folder.file("merged.jsonl")
            let slow = Guarded<Merge.Summary?>(nil)
            let thread = startThread { [output = job.output] in
                var merge = Merge([output])
                merge.input = pipe
                merge.target = target
                let summary = try? merge.execute()
                slow.withLock { $0 = summary }
            }
            // Opens as soon as the first merge, whose new file is there by then, reads its input.
            let writer = open(pipe, O_WRONLY)
            try #require(writer >= 0)
            var quick = Merge([job.output])
            quick.target = target
            #expect(try quick.execute().answered == 3)
            let merged = TextFile.read(target)
            let rows = Job.prompts(1...2).map { $0 + "\n" }.joined()
            #expect(write(writer, rows, rows.utf8.count) == rows.utf8.count)
            close(writer)
            pthread_join(thread, nil)
            #expect(slow.withLock { $0 }?.answered == 2)
            #expect(TextFile.read(target) == merged.prefix(TextFile.read(target).count).map { $0 })
            #expect(try TextFile.lines(target).count == 2)
            #expect(!job.folder.names().contains { $0.contains("sluice-new") })
        }
    }

    @Test func `ids are numbered by the input of the present, also those of failed rows`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(prompt: "item-9"), .error(Refusal(400, "not that", code: "content_policy")))]
        try await withSimulator(options) { simulator in
            func row(_ number: Int) -> String { #"{"id":"a","prompt":"item-\#(number)"}"# }
            var job = try Job([row(1), row(2)], at: simulator.baseURL)
            job.options.files.duplicateID = .suffix
            job.options.files.outputFormat = .openaiBatch
            _ = try await job.run()
            try job.write([row(3), row(1), row(2)])
            #expect(try await job.run().counts.answered == 1)
            let lines = try job.answers()
            #expect(lines.map { $0["custom_id"]?.string } == ["a", "a-2", "a-3"])
            for (line, number) in zip(lines, [3, 1, 2]) {
                #expect(line["response"]?["body"]?.raw.text.contains("item-\(number)") == true)
            }
            try job.write([row(9), row(3), row(9), row(1), row(2)])
            job.options.files.outputFormat = .toolkit
            #expect(try await job.run().counts.failed == 2)
            #expect(try job.answers().map { $0.members.first?.text } == ["a", "a-2", "a-3", "a-4", "a-5"])
        }
    }
}
