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

    @Test func `a run whose output is taken away ended, with that exit code`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(50))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 2000)
            let process = try shell.start(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "-c", "2", "--base-url", simulator.baseURL)
            #expect(await Deadline.wait { simulator.counts().answered >= 4 })
            #expect(try await shell.pipe("rm out.jsonl").code == 0)
            let end = await process.outcome()
            #expect(end.code == 6 && !end.errors.contains("answers are in"), "\(end)")
            let status = try await shell.run("status", "out.jsonl")
            #expect(status.output.contains("with exit code 6"), "\(status)")
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

    @Test func `the time series is told while the run goes on, and after it was killed`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(100))
        try await withSimulator(options) { simulator in
            let shell = try Shell(rows: 2000)
            let process = try shell.start(
                "run", "in.jsonl", "-o", "out.jsonl", "-m", "m", "--base-url", simulator.baseURL, "-c", "2")
            // The first second is written at once, the others five at a time.
            #expect(await Deadline.wait { TextFile.exists(shell.folder.file("out.jsonl.sluice/state.db")) })
            func series() async throws -> JSON? {
                try JSON.parse(Bytes(try await shell.run("status", "out.jsonl", "--json").output))
            }
            // The first second may have no answer in it, and no look at what is waited for.
            var told: JSON?
            let isTold = try await Deadline.wait {
                told = try await series()
                return (told?["hours"]?.elements.last?["answered"]?.int ?? 0) > 0
                    && told?["waits"]?.elements.isEmpty == false
            }
            #expect(isTold)
            #expect(told?["running"]?.bool == true)
            #expect(told?["series"]?["answered"]?.elements.isEmpty == false)
            process.signal(9)
            _ = await process.outcome()
            let killed = try await series()
            #expect(killed?["running"]?.bool == false)
            let hour = killed?["hours"]?.elements.last
            #expect((hour?["answered"]?.int ?? 0) > 0)
            // One look a second: a slot may have been between two rows just then.
            let reasons = ["answers, with all slots in use (-c 2)", "rows of the input"]
            #expect(reasons.contains(killed?["waits"]?.elements.first?["for"]?.string ?? "none"))
            let text = try await shell.run("status", "out.jsonl").output
            #expect(text.contains("answers/s") && text.contains("waited for: "), "\(text)")
        }
    }

    @Test func `an output that no run has written is 2 with a hint`() async throws {
        let end = try await Shell().run("status", "none.jsonl")
        #expect(end.code == 2)
        #expect(end.output.isEmpty)
        #expect(end.errors.contains("hint: "))
    }
}
