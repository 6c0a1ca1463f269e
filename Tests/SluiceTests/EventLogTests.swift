import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct EventLogTests {
    /// What `run.jsonl` holds, by kind and text; each line names the process and a time.
    private func events(_ job: Job, _ name: String = "run.jsonl") throws -> [String] {
        try TextFile.lines(job.state(name)).map { line in
            let json = try JSON.parse(Bytes(line))
            #expect(json["pid"]?.int ?? 0 > 0)
            #expect(json["at"]?.string?.hasSuffix("Z") == true)
            return "\(json["kind"]?.string ?? ""): \(json["text"]?.string ?? "")"
        }
    }

    @Test func `what runs told people is kept in the state folder, with their beginnings and ends`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...3) + ["{bad"], at: simulator.baseURL)
            _ = try await job.run()
            let first = try events(job)
            #expect(first.count == 3)
            #expect(first.first?.hasPrefix("began: sluice ") == true)
            #expect(first.dropFirst().first?.hasPrefix("note: bad lines: 1, the first is line 4") == true)
            #expect(first.last == "ended: exit 1")
            _ = try await job.run()
            let second = try events(job)
            #expect(second.prefix(3) == first[...])
            #expect(second.contains("note: going on: answered before: 3"))
            #expect(second.last == "ended: exit 1")
        }
    }

    @Test func `a line that a crash has cut off stays by itself, and a large file is put aside`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            _ = try await job.run()
            try TextFile.write(#"{"at":"2026-1"#, to: job.state("run.jsonl"))
            _ = try await job.run()
            let lines = try TextFile.lines(job.state("run.jsonl"))
            #expect(lines.first == #"{"at":"2026-1"#)
            #expect(lines.count == 4)
            #expect(try lines.dropFirst().allSatisfy { try JSON.parse(Bytes($0))["kind"] != nil })

            try TextFile.write(String(repeating: "{}\n", count: 2 << 20), to: job.state("run.jsonl"))
            _ = try await job.run()
            #expect(TextFile.read(job.state("run.previous.jsonl")).count == 6 << 20)
            #expect(try events(job).last == "ended: exit 0")
        }
    }

    @Test func `a link in its place is not followed, and stops nothing`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            _ = try await job.run()
            #expect(unlink(job.state("run.jsonl")) == 0)
            let other = job.folder.file("other")
            try TextFile.write("mine", to: other)
            #expect(symlink(other, job.state("run.jsonl")) == 0)
            #expect(try await job.run().exitCode == 0)
            #expect(TextFile.read(other) == Array("mine".utf8))
        }
    }
}
