import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// An output that goes on, or is merged, in another format than the one that it was begun in.
@Suite struct FormatChangeTests {
    private func job(_ simulator: Simulator, _ format: Files.OutputFormat) async throws -> Job {
        var job = try Job(Job.prompts(1...2), at: simulator.baseURL)
        job.options.files.outputFormat = format
        #expect(try await job.run().counts.answered == 2)
        return job
    }

    private func text(_ path: String) -> String { String(decoding: TextFile.read(path), as: UTF8.self) }

    @Test(arguments: [
        (Files.OutputFormat.csv, Files.OutputFormat.cookbook, "whole replies"),
        (.toolkit, .openaiBatch, "whole replies"),
        (.jsonl, .raw, "whole replies"), (.openaiBatch, .cookbook, "requests"),
    ])
    func `a format that the answers cannot be made of is refused before anything is paid`(
        before: Files.OutputFormat, after: Files.OutputFormat, missing: String
    ) async throws {
        try await withSimulator { simulator in
            var job = try await job(simulator, before)
            let output = TextFile.read(job.output)
            try job.write(Job.prompts(1...3))
            job.options.files.outputFormat = after
            let refusal = await job.refusal()
            #expect(refusal?.code == .configuration)
            #expect(refusal?.message.contains(missing) == true)
            #expect(refusal?.hint?.contains("--format \(before.rawValue)") == true)
            #expect(TextFile.read(job.output) == output)
            #expect(await simulator.ledger().count == 2)

            job.options.redoAll = true
            #expect(try await job.run().counts.answered == 3)
            #expect(try TextFile.lines(job.output).count == 3)
            job.options.redoAll = false
            #expect(try await job.run().counts.doneBefore == 3)
        }
    }

    @Test(arguments: [Files.OutputFormat.toolkit, .jsonl, .csv, .rows])
    func `of whole replies other formats show the text`(after: Files.OutputFormat) async throws {
        try await withSimulator { simulator in
            var job = try await job(simulator, .cookbook)
            try job.write(Job.prompts(1...3))
            job.options.files.outputFormat = after
            job.options.files.isOrdered = true
            #expect(try await job.run().counts.answered == 1)
            let lines = try TextFile.lines(job.output)
            #expect(lines.count == (after == .csv ? 4 : 3))
            #expect(!text(job.output).contains("choices") && !text(job.output).contains("request"))
            for (line, number) in zip(lines.suffix(3), 1...3) {
                #expect(line.contains("Answer to item-\(number)"))
            }
            if after == .rows { #expect(try job.answers().allSatisfy { $0["sluice"]?["hash"] != nil }) }
            #expect(await simulator.ledger().paid == [1, 2, 3])

            // What is kept since then is text alone.
            job.options.files.outputFormat = .openaiBatch
            #expect(await job.refusal()?.message.contains("whole replies") == true)
        }
    }

    @Test(arguments: [Files.OutputFormat.openaiBatch, .cookbook])
    func `a merge makes texts of whole replies, and refuses what is not there`(before: Files.OutputFormat) async throws
    {
        try await withSimulator { simulator in
            let job = try await job(simulator, before)
            var merge = Merge([job.output])
            merge.target = job.folder.file("merged.csv")
            #expect(try merge.execute().missing == 0)
            let lines = try TextFile.lines(job.folder.file("merged.csv"))
            #expect(lines[0] == "id,prompt,output")
            #expect(lines[1].hasPrefix("1,hello item-1,") && lines[1].contains("Answer to item-1"))
            #expect(!text(job.folder.file("merged.csv")).contains("choices"))

            merge.target = job.folder.file("merged.jsonl")
            merge.files.outputFormat = .cookbook
            if before == .cookbook {
                #expect(try merge.execute().missing == 0)
            } else {
                #expect(throws: SluiceError(.configuration, "")) { try merge.execute() }
                #expect(!TextFile.exists(job.folder.file("merged.jsonl")))
            }
        }
    }

    @Test func `whole replies that were asked for stay whole`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...2), at: simulator.baseURL)
            job.options.files.outputFormat = .jsonl
            job.options.save = .response
            _ = try await job.run()
            #expect(try job.answers().allSatisfy { $0["output"]?["choices"] != nil })
            var merge = Merge([job.output])
            merge.target = job.folder.file("merged.json")
            _ = try merge.execute()
            let list = try JSON.parse(Bytes(TextFile.read(job.folder.file("merged.json")))).elements
            #expect(list.allSatisfy { $0["output"]?["choices"] != nil })
            job.options.files.outputFormat = .openaiBatch
            #expect(try await job.run().counts.doneBefore == 2)
            #expect(await simulator.ledger().count == 2)
        }
    }

    @Test(arguments: [Files.OutputFormat.rows, .csv])
    func `texts and whole replies do not come into one output`(format: Files.OutputFormat) async throws {
        try await withSimulator { simulator in
            var job = try await job(simulator, format)
            try job.write(Job.prompts(1...3))
            job.options.save = .message
            let refusal = await job.refusal()
            #expect(refusal?.message.contains("--save text, and not --save message") == true)
            #expect(refusal?.hint?.contains("--redo-all") == true)
            #expect(await simulator.ledger().count == 2)
            job.options.redoAll = true
            #expect(try await job.run().counts.answered == 3)
            job.options.redoAll = false
            #expect(try await job.run().counts.doneBefore == 3)
        }
    }

    @Test func `columns that an output has not, or would have twice, are refused before anything is sent`() async throws
    {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...2), at: simulator.baseURL)
            func refusal(_ change: (inout Files) -> Void) async -> SluiceError? {
                var other = job
                change(&other.options.files)
                return await other.refusal()
            }
            for format in [Files.OutputFormat.rows, .openaiBatch, .cookbook, .toolkit, .raw] {
                job.options.files.outputFormat = format
                #expect(await refusal { $0.answerColumns = ["a"] }?.code == .usage, "\(format)")
                #expect(await refusal { $0.errorColumn = "why" }?.code == .usage, "\(format)")
                #expect(await refusal { $0.guardsFormulas = true }?.code == .usage, "\(format)")
            }
            job.options.files.outputFormat = .jsonl
            #expect(await refusal { $0.guardsFormulas = true }?.code == .usage)
            job.options.files.outputFormat = .csv
            for (columns, error) in [(["a", "a"], nil), (["output"], nil), ([], "output"), (["a"], "a")] {
                let refused = await refusal {
                    $0.answerColumns = columns
                    $0.errorColumn = error
                }
                #expect(refused?.message.contains("two columns") == true, "\(columns) \(error ?? "")")
            }
            #expect(await refusal { $0.errorColumn = "prompt" }?.message.contains("'prompt' already") == true)
            #expect(await simulator.ledger().isEmpty)
            #expect(!TextFile.exists(job.output))

            _ = try await job.run()
            var merge = Merge([job.output])
            merge.files.outputFormat = .json
            #expect(throws: SluiceError(.usage, "")) { try merge.execute() }
            merge.files.outputFormat = nil
            merge.files.errorColumn = "why"
            #expect(throws: SluiceError(.usage, "")) { try merge.execute() }
            merge.target = job.folder.file("merged.jsonl")
            merge.files.outputFormat = .rows
            #expect(throws: SluiceError(.usage, "")) { try merge.execute() }
        }
    }
}
