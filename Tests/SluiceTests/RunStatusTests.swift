import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct RunStatusTests {
    @Test func `the status of a finished run says how it ended and where the rows went`() async throws {
        try await withSimulator { simulator in
            var job = try Job(Job.prompts(1...5) + ["{bad"], at: simulator.baseURL)
            job.options.accounts[0].limits.requestsPerMinute = 60_000
            _ = try await job.run()
            let status = try RunStatus.read(job.output)
            let json = try JSON.parse(Bytes(status.json))
            #expect(json["running"]?.bool == false)
            #expect(json["ended"]?.bool == true)
            #expect(json["exit"]?.int == 1)
            #expect(json["schema"]?.int == 1)
            #expect(json["rows"]?["read"]?.int == 6)
            #expect(json["rows"]?["answered"]?.int == 5)
            #expect(json["rows"]?["failed"]?.int == 1)
            #expect(json["input_bytes"]?.int == TextFile.read(job.input).count)
            #expect(json["input_sha256"]?.string?.count == 64)
            #expect(json["accounts"]?.elements.map { $0["limits"]?["rpm"]?.int } == [60_000])
            #expect(status.lines.first?.contains("ended") == true)
            #expect(status.lines.contains { $0.contains("6 read, 5 answered") })
        }
    }

    @Test func `the status of a running run says so`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            let job = try Job(Job.prompts(1...3), at: simulator.baseURL)
            let run = Run(job.options)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { simulator.counts().inFlight == 3 && TextFile.exists(job.state("run.json")) })
            let status = try RunStatus.read(job.output)
            #expect(try JSON.parse(Bytes(status.json))["running"]?.bool == true)
            #expect(status.lines.first?.contains("running") == true)
            run.stop(.interrupted)
            run.stop(.interrupted)
            _ = try await finished
        }
    }

    @Test func `a damaged time series hides nothing else`() async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...5), at: simulator.baseURL)
            _ = try await job.run()
            #expect(try JSON.parse(Bytes(RunStatus.read(job.output).json))["series_error"]?.isNull == true)
            try TextFile.write(String(repeating: "no database ", count: 500), to: job.state("state.db"))
            let status = try RunStatus.read(job.output)
            #expect(status.lines.first?.contains("ended") == true)
            #expect(status.lines.last?.hasPrefix("no history: cannot read the time series: ") == true)
            let json = try JSON.parse(Bytes(status.json))
            #expect(json["rows"]?["answered"]?.int == 5)
            #expect(json["series_error"]?.string?.contains("not a database") == true)
            #expect(json["hours"]?.elements.isEmpty == true)
        }
    }

    @Test(arguments: ["", "1", "[]", "{"])
    func `a manifest that is none is no status`(text: String) async throws {
        try await withSimulator { simulator in
            let job = try Job(Job.prompts(1...1), at: simulator.baseURL)
            _ = try await job.run()
            try TextFile.write(text, to: job.state("run.json"))
            #expect(throws: SluiceError(.configuration, "")) { try RunStatus.read(job.output) }
            try TextFile.write("{ }", to: job.state("run.json"))
            #expect(try JSON.parse(Bytes(RunStatus.read(job.output).json))["running"]?.bool == false)
        }
    }

    @Test func `an output that no run has written has no status`() throws {
        let folder = TemporaryFolder()
        #expect(throws: SluiceError(.configuration, "")) { try RunStatus.read(folder.file("out.jsonl")) }
    }
}
