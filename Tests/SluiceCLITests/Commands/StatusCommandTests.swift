import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct StatusCommandTests {
    @Test func `the status says how the run ended, as text and as JSON`() async throws {
        try await withSimulator { simulator in
            let shell = try Shell(rows: 12)
            _ = try await shell.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL)
            let text = try await shell.run("status", "out.jsonl")
            #expect(text.code == 0, "\(text)")
            #expect(text.output.contains("ended"))
            #expect(text.output.contains("rows: 12 read, 12 answered, 0 done before, 0 failed"))
            let json = try JSON.parse(Bytes(try await shell.run("status", "out.jsonl", "--json").output))
            #expect(json["running"]?.bool == false)
            #expect(json["exit"]?.int == 0)
            #expect(json["model"]?.string == "m")
            #expect(json["rows"]?["answered"]?.int == 12)
        }
    }

    @Test func `a killed run is said to have died`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 3)
            let process = try shell.start(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL)
            let manifest = shell.folder.file("out.jsonl.sluice/run.json")
            #expect(await Deadline.wait { simulator.counts().inFlight == 3 && TextFile.exists(manifest) })
            #expect(try await shell.run("status", "out.jsonl").output.contains("running (process \(process.id)"))
            process.signal(9)
            _ = await process.outcome()
            let end = try await shell.run("status", "out.jsonl")
            #expect(end.output.contains("died"), "\(end)")
        }
    }

    @Test func `an output that no run has written is 2 with a hint`() async throws {
        let end = try await Shell().run("status", "none.jsonl")
        #expect(end.code == 2)
        #expect(end.output.isEmpty)
        #expect(end.errors.contains("hint: "))
    }
}
