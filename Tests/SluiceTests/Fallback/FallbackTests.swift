import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Model `a` at one provider and model `b`, which steps in for it, at another; the providers' ledgers are the judges.
@Suite(.timeLimit(.minutes(2))) struct FallbackTests {
    private static let rows = 60
    private static let victims = [7, 23, 42]

    private static func options(_ model: String, _ rules: [FaultRule] = []) -> SimulatorOptions {
        var options = SimulatorOptions()
        options.models = [model]
        options.latency = .fixed(.milliseconds(5))
        options.script = rules
        return options
    }

    private static func accounts(_ first: String, _ second: String, keys: [Secret] = []) throws -> [Account] {
        var accounts = [
            Account(name: "first", base: try BaseURL(first), keys: keys),
            Account(name: "second", base: try BaseURL(second), keys: []),
        ]
        (accounts[0].models, accounts[1].models) = (["a"], ["b"])
        return accounts
    }

    private func job(_ first: String, _ second: String, keys: [Secret] = []) throws -> Job {
        var job = try Job(Job.prompts(1...Self.rows), at: first)
        job.options.asking.model = "a"
        job.options.asking.fallbacks = ["b"]
        job.options.concurrency = 8
        job.options.accounts = try Self.accounts(first, second, keys: keys)
        return job
    }

    private func items(_ simulator: Simulator) async -> [Int] { await simulator.ledger().compactMap(\.item).sorted() }

    private func models(_ job: Job) throws -> [String: [Int]] {
        var models: [String: [Int]] = [:]
        for answer in try job.answers() {
            models[answer["sluice"]?["model"]?.string ?? "?", default: []]
                .append(answer["id"]?.string.flatMap { Int($0) } ?? 0)
        }
        return models.mapValues { $0.sorted() }
    }

    private static let others = (1...rows).filter { !victims.contains($0) }

    private static let refusals = [
        Refusal(400, "This model's maximum context length is 10 tokens", code: "context_length_exceeded"),
        Refusal(400, "The prompt was flagged", code: "content_policy_violation"),
        Refusal(400, "Unsupported parameter: 'temperature'", code: "unsupported_parameter"),
    ]

    @Test(arguments: refusals)
    func `a row that is refused for good is asked of the next model, once, and is then done`(refusal: Refusal)
        async throws
    {
        let rules = Self.victims.map { FaultRule(.init(prompt: "item-\($0)"), .error(refusal)) }
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(Self.options("b")) { second in
                let job = try job(first.baseURL, second.baseURL)
                let events = Events()
                let summary = try await job.run(onEvent: events.take)
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await items(first) == Array(1...Self.rows))
                #expect(await items(second) == Self.victims)
                #expect(try models(job) == ["a": Self.others, "b": Self.victims])
                #expect(summary.counts.fallback == 3 && summary.counts.attempts == Self.rows + 3)
                for answer in try job.answers() where answer["sluice"]?["model"]?.string == "b" {
                    #expect(answer["sluice"]?["attempts"]?.int == 2)
                }
                #expect(events.all.count { $0.contains("rows that a cannot answer go to b; the first: ") } == 1)

                let again = try await job.run()
                #expect(again.counts.doneBefore == Self.rows && again.counts.attempts == 0)
                #expect(await items(first).count == Self.rows)
            }
        }
    }

    @Test func `rows that another model has refused open the circuit of the one that steps in`() async throws {
        let refused = FaultRule(.error(Self.refusals[0]))
        try await withSimulator(Self.options("a", [refused])) { first in
            // The twentieth opens it; the others meet what is on its way by then, or a try each.
            try await withSimulator(Self.options("b", [FaultRule(.error(.usual(503)), times: 40)])) { second in
                var job = try job(first.baseURL, second.baseURL)
                job.options.concurrency = 30
                job.options.waitReady = .seconds(3600)
                let events = Events()
                let summary = try await job.finish(
                    Run(job.options, environment: .quick(100), onEvent: events.take))
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await second.ledger().paid == Array(1...Self.rows))
                #expect(events.contains("fails every request, the last with http 503"))
            }
        }
    }

    @Test func `tries that are used up are counted for each model apart`() async throws {
        let rules = Self.victims.map { FaultRule(.init(prompt: "item-\($0)"), .error(.usual(503))) }
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(
                Self.options(
                    "b",
                    Self.victims.map {
                        FaultRule(.init(prompt: "item-\($0)", nth: 1...1), .error(.usual(503)))
                    })
            ) { second in
                var job = try job(first.baseURL, second.baseURL)
                job.options.maxAttempts = 2
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await items(first) == (Self.others + Self.victims + Self.victims).sorted())
                #expect(await items(second) == (Self.victims + Self.victims).sorted())
                for answer in try job.answers() where answer["sluice"]?["model"]?.string == "b" {
                    #expect(answer["sluice"]?["attempts"]?.int == 4)
                }
            }
        }
    }

    @Test func `a row that no model answers fails with what the last one said, and with all tries`() async throws {
        let rules = [FaultRule(.init(prompt: "item-7"), .error(Refusal(400, "too long", code: "one")))]
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(
                Self.options("b", [FaultRule(.init(prompt: "item-7"), .error(Refusal(400, "not that", code: "two")))])
            ) { second in
                let job = try job(first.baseURL, second.baseURL)
                let summary = try await job.run()
                #expect(summary.exitCode == 1 && summary.counts.failed == 1, "\(summary)")
                let error = try job.failures().first?["error"]
                #expect(error?["code"]?.string == "two")
                #expect(error?["attempts"]?.elements.map { $0["message"]?.string } == ["too long", "not that"])
            }
        }
    }

    @Test func `a model that nobody has costs a request for each that was on its way`() async throws {
        try await withSimulator(Self.options("another")) { first in
            try await withSimulator(Self.options("b")) { second in
                let job = try job(first.baseURL, second.baseURL)
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await items(second) == Array(1...Self.rows))
                #expect((1...8).contains(await first.ledger().count))
            }
        }
    }

    @Test(arguments: Fault.KeyEnd.allCases)
    func `when the last key of a model ends the next model does the rest`(end: Fault.KeyEnd) async throws {
        var options = Self.options("a", [FaultRule(.init(nth: 20...20), .key(end))])
        options.keys = ["sk-first-0001"]
        try await withSimulator(options) { first in
            try await withSimulator(Self.options("b")) { second in
                let job = try job(first.baseURL, second.baseURL, keys: [Secret("sk-first-0001")])
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await first.ledger().paid.count == 19)
                #expect((await first.ledger().paid + second.ledger().paid).sorted() == Array(1...Self.rows))
            }
        }
    }

    @Test func `a server that cannot be reached is not waited for`() async throws {
        let gone = try await withSimulator { $0.baseURL }
        try await withSimulator(Self.options("b")) { second in
            var job = try job(gone, second.baseURL)
            job.options.waitReady = .seconds(3600)
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary)")
            #expect(await items(second) == Array(1...Self.rows))
            #expect(try models(job) == ["b": Array(1...Self.rows)])
        }
    }

    @Test func `a limit that only needs waiting sends no row away`() async throws {
        let refusal = Refusal(
            429, "Rate limit reached for requests per min", type: "requests", code: "rate_limit_exceeded",
            retryAfter: .milliseconds(300))
        try await withSimulator(Self.options("a", [FaultRule(.error(refusal), times: 12)])) { first in
            try await withSimulator(Self.options("b")) { second in
                let job = try job(first.baseURL, second.baseURL)
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await first.ledger().paid == Array(1...Self.rows))
                #expect(await second.ledger().isEmpty)
            }
        }
    }

    @Test func `where the day of a model is used up the next one goes on, until its own is`() async throws {
        try await withSimulator(Self.options("a")) { first in
            try await withSimulator(Self.options("b")) { second in
                var job = try job(first.baseURL, second.baseURL)
                // A day of the calendar might end in the meantime.
                job.options.accounts[0].limits.requestsPerDay = 20
                job.options.accounts[0].limits.day = .rolling
                job.options.accounts[1].limits.requestsPerDay = 30
                job.options.accounts[1].limits.day = .rolling
                let summary = try await job.run()
                #expect(summary.exitCode == 3, "\(summary)")
                #expect(summary.cause?.name == "day_used_up")
                #expect(summary.counts.answered == 50 && summary.counts.left == 10 && summary.counts.failed == 0)
                #expect(await first.ledger().count == 20)
                #expect(await second.ledger().count == 30)
            }
        }
    }

    @Test func `when no key is left for any of them the run ends, and its rows are left`() async throws {
        var options = Self.options("a")
        options.answersUntilExhausted = ["sk-first-0001": 20]
        try await withSimulator(options) { first in
            try await withSimulator(Self.options("another")) { second in
                let job = try job(first.baseURL, second.baseURL, keys: [Secret("sk-first-0001")])
                let summary = try await job.run()
                #expect(summary.exitCode == 3 && summary.cause?.name == "exhausted", "\(summary)")
                #expect(summary.counts.answered == 20 && summary.counts.failed == 0)
                #expect(summary.counts.left == Self.rows - 20)
                #expect((1...8).contains(await second.ledger().count))
            }
        }
    }

    @Test(arguments: [1, 2])
    func `models that do not exist, the last one, too, end the run after what was on its way`(keys: Int) async throws {
        try await withSimulator(Self.options("another")) { provider in
            var job = try Job(
                Job.prompts(1...Self.rows), at: provider.baseURL, keys: (0..<keys).map { "sk-key-number-\($0)" })
            job.options.asking.model = "a"
            job.options.asking.fallbacks = ["b"]
            job.options.concurrency = 8
            let summary = try await job.run()
            #expect(summary.exitCode == 2, "\(summary)")
            guard case .error(let error) = summary.cause else {
                Issue.record("\(summary)")
                return
            }
            #expect(
                error.message.hasPrefix("the provider has no model 'b'") && error.hint?.contains("--fallback") == true)
            #expect(summary.counts.left == Self.rows && summary.counts.failed == 0)
            #expect(await provider.ledger().count <= 2 * keys * 8)
        }
    }

    @Test func `a model that is to step in and does not exist is asked for once, and only its rows fail`() async throws
    {
        let rules = Self.victims.map {
            FaultRule(.init(prompt: "item-\($0)"), .error(Refusal(400, "too long", code: "one")))
        }
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(Self.options("another")) { second in
                var job = try job(first.baseURL, second.baseURL)
                job.options.concurrency = 1
                let summary = try await job.run()
                #expect(summary.exitCode == 1, "\(summary)")
                #expect(summary.counts.answered == Self.rows - 3 && summary.counts.failed == 3)
                #expect(await second.ledger().count == 1)
                #expect(try job.failures().allSatisfy { $0["error"]?["message"]?.string?.contains("'b'") == true })
            }
        }
    }

    @Test func `a prompt that the first model cannot read is not sent to it`() async throws {
        try await withSimulator(Self.options("a")) { first in
            try await withSimulator(Self.options("b")) { second in
                var job = try job(first.baseURL, second.baseURL)
                for (name, context) in [("a", 40), ("b", 4000)] {
                    var model = Model(name)
                    model.context = context
                    job.options.catalogue.set(model)
                }
                job.options.tooLong = .fail
                let long = String(repeating: "word after word ", count: 30)
                try job.write(Job.prompts(1...5) + [Job.prompt(6, long)])
                let events = Events()
                let summary = try await job.run(onEvent: events.take)
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await items(first) == [1, 2, 3, 4, 5])
                #expect(await items(second) == [6])
                #expect(summary.counts.fallback == 1)
                #expect(events.contains("rows that a cannot answer go to b; the first: the prompt has about "))
            }
        }
    }

    @Test func `what a model that stepped in has answered is in the cache under its own name`() async throws {
        let folder = TemporaryFolder()
        let rules = [FaultRule(.init(prompt: "item-7"), .error(Refusal(400, "too long", code: "one")))]
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(Self.options("b")) { second in
                for time in 1...2 {
                    var job = try job(first.baseURL, second.baseURL)
                    job.options.cache.folder = folder.file("cache")
                    let summary = try await job.run()
                    #expect(summary.exitCode == 0, "\(summary)")
                    #expect(summary.counts.cached == (time == 1 ? 0 : Self.rows))
                    #expect(summary.counts.fallback == 1)
                    #expect(try models(job)["b"] == [7])
                }
                #expect(await second.ledger().count == 1)
                // What a refused may be answered by it another day, so it is asked once more.
                #expect(await items(first).count { $0 == 7 } == 2)
            }
        }
    }

    @Test func `rows that ask the same follow the one that is turned over`() async throws {
        let rules = [FaultRule(.init(prompt: "item-7"), .error(Refusal(400, "too long", code: "one")))]
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(Self.options("b")) { second in
                var job = try job(first.baseURL, second.baseURL)
                try job.write((1...20).map { #"{"id":"\#($0)","prompt":"hello item-7"}"# })
                job.options.sharesAnswers = true
                let summary = try await job.run()
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(summary.counts.answered + summary.counts.deduplicated == 20)
                #expect(summary.counts.deduplicated > 0 && summary.counts.fallback == 20)
                #expect(await first.ledger().count == summary.counts.answered)
                #expect(await second.ledger().count == summary.counts.answered)
                #expect(try models(job) == ["b": Array(1...20)])
            }
        }
    }

    @Test func `both models are paid, each at its own price`() async throws {
        let rules = Self.victims.map {
            FaultRule(.init(prompt: "item-\($0)"), .error(Refusal(400, "too long", code: "one")))
        }
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(Self.options("b")) { second in
                var job = try job(first.baseURL, second.baseURL)
                for (name, dollars) in [("a", 1.0), ("b", 100)] {
                    var model = Model(name)
                    model.price = Price(Rates(input: .zero, output: Money(picodollars: Int64(dollars * 1e6))))
                    job.options.catalogue.set(model)
                }
                let summary = try await job.run()
                #expect(summary.counts.unpriced == 0)
                // Each answer of the simulator has 46 tokens.
                let tokens = 46 * (1 * (Self.rows - 3) + 100 * 3)
                #expect(summary.counts.cost == Money(picodollars: 1_000_000) * tokens)
            }
        }
    }

    @Test func `a chain can step in, each of its models once`() async throws {
        try await withSimulator(Self.options("another")) { first in
            try await withSimulator(
                Self.options("b", [FaultRule(.init(prompt: "item-7"), .error(Refusal(400, "too long", code: "one")))])
            ) { second in
                for model in ["nope", "safe"] {
                    var job = try job(first.baseURL, second.baseURL)
                    job.options.asking.model = model
                    job.options.asking.chains = ["safe": ["a", "b"]]
                    job.options.asking.fallbacks = ["safe"]
                    let summary = try await job.run()
                    #expect(summary.exitCode == 1 && summary.counts.failed == 1, "\(summary)")
                    #expect(try models(job) == ["b": (1...Self.rows).filter { $0 != 7 }])
                }
                #expect(await second.ledger().count == 2 * Self.rows)
            }
        }
    }

    @Test func `a name for a chain works for the run and for rows`() async throws {
        let rules = [FaultRule(.init(prompt: "item-7"), .error(Refusal(400, "too long", code: "one")))]
        try await withSimulator(Self.options("a", rules)) { first in
            try await withSimulator(Self.options("b")) { second in
                for ofRows in [false, true] {
                    var job = try job(first.baseURL, second.baseURL)
                    job.options.asking.model = ofRows ? nil : "safe"
                    job.options.asking.fallbacks = []
                    job.options.asking.chains = ["safe": ["a", "b"]]
                    if ofRows {
                        try job.write((1...10).map { #"{"id":"\#($0)","model":"safe","prompt":"hello item-\#($0)"}"# })
                    }
                    let summary = try await job.run()
                    #expect(summary.exitCode == 0, "\(summary)")
                    #expect(try models(job)["b"] == [7])
                    let manifest = try TextFile.objects(job.state("run.json")).first
                    #expect(manifest?["model"]?.string == (ofRows ? nil : "safe"))
                }
            }
        }
    }
}
