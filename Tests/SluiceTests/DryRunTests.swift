import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

@Suite struct DryRunTests {
    @Test func `a dry run shows the first request and sends and writes nothing`() async throws {
        try await withSimulator { simulator in
            var job = try Job([#"{"text":"item-1"}"#, "{bad", #"{"text":"item-2"}"#], at: simulator.baseURL)
            job.options.asking.template = "say {{text}}"
            let dry = try DryRun(job.options)
            #expect(dry.url == simulator.baseURL + "/chat/completions")
            #expect(dry.body.text == #"{"model":"m","messages":[{"role":"user","content":"say item-1"}]}"#)
            #expect(dry.rows == 2)
            #expect(dry.bad == 1)
            #expect(simulator.counts().requests == 0)
            #expect(job.folder.files == [job.input])
        }
    }

    @Test func `a dry run shows the address and the model of who would be asked`() throws {
        var job = try Job([Job.prompt(1)], at: "http://127.0.0.1:1/v1")
        job.options.asking.model = "fast"
        job.options.accounts.append(Account(name: "lab", base: try BaseURL("http://127.0.0.1:2/v1"), keys: []))
        job.options.accounts[1].aliases = ["fast": "real"]
        let dry = try DryRun(job.options)
        #expect(dry.url == "http://127.0.0.1:2/v1/chat/completions")
        #expect(try JSON.parse(dry.body)["model"]?.string == "real")
    }

    @Test func `what would stop the run stops the dry run`() throws {
        var job = try Job([], at: "http://127.0.0.1:1/v1")
        #expect(throws: SluiceError(.configuration, "")) { try DryRun(job.options) }
        try job.write([#"{"no":"shape"}"#])
        let error = #expect(throws: SluiceError.self) { try DryRun(job.options) }
        #expect(error?.line == 1)
        job.options.input = nil
        #expect(throws: SluiceError(.usage, "")) { try DryRun(job.options) }
    }

    @Test func `a look at the first row needs no price, whatever may be spent`() throws {
        var job = try Job([Job.prompt(1)], at: "http://127.0.0.1:1/v1")
        job.options.asking.model = "a-model-that-nobody-knows"
        job.options.accounts[0].limits.spendPerDay = Money(dollars: 1)
        job.options.maxCost = Money(dollars: 1)
        #expect(try DryRun(job.options).rows == 1)
    }
}
