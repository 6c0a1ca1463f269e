import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Every row asked of several models, each of which has a provider of its own whose ledger is the judge.
@Suite(.timeLimit(.minutes(2))) struct ModelComparisonTests {
    private static let rows = 30

    /// Providers of the models `a`, `b` and `c`, and accounts at them.
    private func withProviders(
        latency: TimeSpan = .zero, faults: [String: [FaultRule]] = [:],
        _ body: ([String: Simulator], [Account]) async throws -> Void
    ) async throws {
        func options(_ model: String) -> SimulatorOptions {
            var options = SimulatorOptions()
            options.models = [model]
            options.latency = .fixed(latency)
            options.script = faults[model] ?? []
            return options
        }
        try await withSimulator(options("a")) { a in
            try await withSimulator(options("b")) { b in
                try await withSimulator(options("c")) { c in
                    let simulators = ["a": a, "b": b, "c": c]
                    let accounts = try simulators.sorted { $0.key < $1.key }.map { name, simulator in
                        var account = Account(
                            name: "at \(name)", base: try BaseURL(simulator.baseURL), keys: [])
                        account.models = [name]
                        return account
                    }
                    try await body(simulators, accounts)
                }
            }
        }
    }

    private func job(_ accounts: [Account], _ rows: [String] = Job.prompts(1...rows)) throws -> Job {
        var job = try Job(rows, at: "http://127.0.0.1:1/v1")
        job.options.accounts = accounts
        job.options.asking.model = nil
        job.options.asking.models = ["a", "b"]
        return job
    }

    private func items(_ simulator: Simulator?) async -> [Int] {
        await simulator?.ledger().compactMap(\.item).sorted() ?? []
    }

    /// The ids of the answers by the model that was asked, in order; an id twice shows.
    private func answers(_ job: Job) throws -> [String: [Int]] {
        Dictionary(grouping: try job.answers()) { $0["sluice"]?["asked"]?.string ?? "none" }
            .mapValues { $0.compactMap { $0["id"]?.string.flatMap { Int($0) } }.sorted() }
    }

    private static let all = Array(1...rows)

    @Test func `every model is asked about every row once, and its line names it`() async throws {
        try await withProviders { simulators, accounts in
            let job = try job(accounts)
            let summary = try await job.run()
            #expect(summary.exitCode == 0, "\(summary)")
            #expect(summary.counts.read == 60 && summary.counts.answered == 60)
            #expect(await items(simulators["a"]) == Self.all)
            #expect(await items(simulators["b"]) == Self.all)
            #expect(await items(simulators["c"]) == [])
            #expect(try answers(job) == ["a": Self.all, "b": Self.all])
            let hashes = Set(try job.answers().compactMap { $0["sluice"]?["hash"]?.string })
            #expect(hashes.count == 60)
            #expect(summary.models.map(\.model) == ["a", "b"])
            #expect(summary.models.allSatisfy { $0.answered == 30 && $0.failed == 0 && $0.usage.output == 30 * 46 })

            let again = try await job.run()
            #expect(again.counts.doneBefore == 60 && again.counts.attempts == 0)
        }
    }

    @Test(arguments: [["a", "b", "c"], ["c"], ["c", "a"]])
    func `a model that comes later is asked alone, and the answers of the others stay`(models: [String]) async throws {
        try await withProviders { simulators, accounts in
            var job = try job(accounts)
            _ = try await job.run()
            job.options.asking.models = models
            let events = Events()
            let summary = try await job.run(onEvent: events.take)
            #expect(summary.exitCode == 0 && summary.counts.attempts == Self.rows, "\(summary)")
            #expect(summary.counts.read == models.count * Self.rows)
            #expect(try answers(job) == ["a": Self.all, "b": Self.all, "c": Self.all])
            #expect(await items(simulators["a"]) == Self.all)
            #expect(await items(simulators["c"]) == Self.all)
            #expect(!TextFile.exists(job.state("stale.jsonl")), "\(events.all)")
            let others = ["a", "b"].filter { !models.contains($0) }.count * Self.rows
            #expect(events.contains("which stay: \(others)") == (others > 0), "\(events.all)")
        }
    }

    @Test func `without its state folder an output still says which models were asked`() async throws {
        try await withProviders { simulators, accounts in
            var job = try job(accounts)
            _ = try await job.run()
            try job.removeState()
            job.options.asking.models = ["c", "b"]
            let summary = try await job.run()
            #expect(summary.exitCode == 0 && summary.counts.attempts == Self.rows, "\(summary)")
            #expect(try answers(job) == ["a": Self.all, "b": Self.all, "c": Self.all])
        }
    }

    @Test func `a run that was stopped goes on with exactly what is left`() async throws {
        try await withProviders(latency: .milliseconds(20)) { simulators, accounts in
            var job = try job(accounts, Job.prompts(1...200))
            job.options.concurrency = 8
            let run = Run(job.options)
            async let stopped = job.finish(run)
            #expect(await Deadline.wait { simulators["a"].map { $0.counts().answered >= 20 } ?? false })
            run.stop(.interrupted)
            let summary = try await stopped
            #expect(summary.counts.left > 0 && summary.counts.answered > 20, "\(summary)")
            #expect(summary.models.reduce(0) { $0 + $1.answered } == summary.counts.answered)
            let rest = try await job.run()
            #expect(rest.counts.doneBefore == summary.counts.answered && rest.counts.answered == summary.counts.left)
            for model in ["a", "b"] {
                #expect(await items(simulators[model]) == Array(1...200))
            }
            #expect(try answers(job) == ["a": Array(1...200), "b": Array(1...200)])
        }
    }

    @Test func `a row that one model refuses fails for this one, and only that is asked again`() async throws {
        let rule = FaultRule(
            .init(prompt: "item-7", nth: 1...1), .error(Refusal(400, "too long", code: "context_length_exceeded")))
        try await withProviders(faults: ["b": [rule]]) { simulators, accounts in
            var job = try job(accounts)
            let summary = try await job.run()
            #expect(summary.exitCode == 1 && summary.counts.answered == 59 && summary.counts.failed == 1)
            #expect(summary.models.map(\.failed) == [0, 1])
            let failure = try job.failures().first
            #expect(failure?["asked"]?.string == "b" && failure?["id"]?.string == "7", "\(String(describing: failure))")
            job.options.files.failedRows = .skip
            #expect(try await job.run().counts.left == 1)
            job.options.files.failedRows = .only
            let retried = try await job.run()
            #expect(retried.exitCode == 0 && retried.counts.attempts == 1 && retried.counts.answered == 1)
            #expect(await items(simulators["a"]) == Self.all)
            #expect(await items(simulators["b"]) == (Self.all + [7]).sorted())
        }
    }

    @Test func `a failed row is tried again by itself, also where it failed for one model`() async throws {
        let rule = FaultRule(.init(prompt: "item-7", nth: 1...1), .error(Refusal(400, "no", code: "content_policy")))
        try await withProviders(faults: ["a": [rule]]) { simulators, accounts in
            let job = try job(accounts)
            #expect(try await job.run().counts.failed == 1)
            let again = try await job.run()
            #expect(again.exitCode == 0 && again.counts.attempts == 1 && again.counts.doneBefore == 59)
            #expect(await items(simulators["a"]) == (Self.all + [7]).sorted())
        }
    }

    @Test func `an edited row is asked of every model again, and its old answers move away`() async throws {
        try await withProviders { simulators, accounts in
            let job = try job(accounts)
            _ = try await job.run()
            try job.write([Job.prompt(1, "another")] + Job.prompts(2...Self.rows))
            let summary = try await job.run()
            #expect(summary.counts.attempts == 2 && summary.counts.doneBefore == 58, "\(summary)")
            #expect(try answers(job) == ["a": Self.all, "b": Self.all])
            let stale = try TextFile.objects(job.state("stale.jsonl"))
            #expect(stale.compactMap { $0["sluice"]?["asked"]?.string }.sorted() == ["a", "b"])
            #expect(stale.allSatisfy { $0["id"]?.string == "1" })
        }
    }

    @Test func `asking all anew concerns the models of the run`() async throws {
        try await withProviders { simulators, accounts in
            var job = try job(accounts)
            _ = try await job.run()
            job.options.asking.models = ["b"]
            job.options.redoAll = true
            let summary = try await job.run()
            #expect(summary.counts.attempts == Self.rows && summary.exitCode == 0, "\(summary)")
            #expect(await items(simulators["a"]) == Self.all)
            #expect(await items(simulators["b"]) == (Self.all + Self.all).sorted())
            #expect(try answers(job) == ["a": Self.all, "b": Self.all])
            #expect(try TextFile.lines(job.state("stale.jsonl")).count == Self.rows)
        }
    }

    @Test func `rows without an id, and equal ones, are told apart by their number for each model`() async throws {
        try await withProviders { simulators, accounts in
            let rows =
                [String](repeating: #"{"prompt":"same item-1"}"#, count: 3) + [#""text item-2""#, "plain item-3"]
            let job = try job(accounts, rows)
            #expect(try await job.run().counts.answered == 10)
            #expect(await items(simulators["a"]) == [1, 1, 1, 2, 3])
            #expect(await items(simulators["b"]) == [1, 1, 1, 2, 3])
            #expect(try await job.run().counts.doneBefore == 10)
        }
    }

    @Test func `two rows with one id are refused, or numbered, for all models`() async throws {
        try await withProviders { _, accounts in
            var job = try job(accounts, [Job.prompt(1), Job.prompt(1)])
            #expect(await job.refusal()?.message.contains("lines 1 and 2 have the same id") == true)
            job.options.files.duplicateID = .suffix
            #expect(try await job.run().counts.answered == 4)
            let ids = try job.answers().map {
                "\($0["sluice"]?["id"]?.string ?? "")\($0["sluice"]?["asked"]?.string ?? "")"
            }
            #expect(ids.sorted() == ["1-2a", "1-2b", "1a", "1b"])
        }
    }

    @Test func `a line that is no row fails once`() async throws {
        try await withProviders { simulators, accounts in
            let job = try job(accounts, [Job.prompt(1), "{bad", Job.prompt(2)])
            let summary = try await job.run()
            #expect(summary.counts.read == 5 && summary.counts.answered == 4 && summary.counts.failed == 1)
            #expect(try job.failures().map { $0["asked"] == nil } == [true])
            #expect(summary.models.map(\.failed) == [0, 0])
            #expect(await items(simulators["a"]) == [1, 2])
        }
    }

    @Test func `the number of rows that are sent counts each model`() async throws {
        try await withProviders { simulators, accounts in
            var job = try job(accounts)
            job.options.rowLimit = 6
            job.options.concurrency = 1
            #expect(try await job.run().counts.answered == 6)
            #expect(await items(simulators["a"]) == [1, 2, 3])
            #expect(await items(simulators["b"]) == [1, 2, 3])
        }
    }

    @Test(arguments: [true, false])
    func `a model that does not exist ends the run at once, and what the others have answered is kept`(
        isAlone: Bool
    ) async throws {
        try await withProviders(latency: .milliseconds(5)) { simulators, accounts in
            var job = try job(accounts, Job.prompts(1...500))
            // One provider that has one of the models, or a provider for each.
            if isAlone {
                job.options.accounts = [accounts[0]]
                job.options.accounts[0].models = nil
            } else {
                job.options.accounts[1].models = ["no-such"]
            }
            job.options.asking.models = ["a", "no-such"]
            job.options.concurrency = 16
            let summary = try await job.run()
            guard case .error(let error) = summary.cause else {
                Issue.record("it went on: \(summary)")
                return
            }
            #expect(error.message.contains("model 'no-such'"), "\(error)")
            #expect(error.hint?.contains("leave it out of --models") == true)
            let refused = await (isAlone ? simulators["a"] : simulators["b"])?.ledger().count(of: 404) ?? 0
            #expect((1...16).contains(refused) && summary.counts.failed <= 16, "\(refused) \(summary)")
            job.options.accounts = accounts
            job.options.asking.models = ["a", "b"]
            #expect(try await job.run().exitCode == 0)
            #expect(try answers(job) == ["a": Array(1...500), "b": Array(1...500)])
            #expect(await simulators["a"]?.ledger().paid == Array(1...500))
        }
    }

    @Test func `a model that refuses whatever it is asked ends the run, though others answer`() async throws {
        let rule = FaultRule(.init(), .error(Refusal(400, "'temperature' is not supported", code: "unsupported_value")))
        try await withProviders(faults: ["b": [rule]]) { simulators, accounts in
            var job = try job(accounts, Job.prompts(1...500))
            job.options.concurrency = 4
            let summary = try await job.run()
            guard case .error(let error) = summary.cause else {
                Issue.record("it went on: \(summary)")
                return
            }
            #expect(error.message.contains("the first 20 requests of b all failed alike: http 400"), "\(error)")
            #expect(await items(simulators["b"]).count <= 24)
            #expect(summary.models[0].answered > 0 && summary.models[1].answered == 0)

            job.options.stopsAtCommonFailure = false
            let all = try await job.run()
            #expect(all.exitCode == 1 && all.models.map(\.failed) == [0, 500], "\(all)")
            #expect(await items(simulators["a"]) == Array(1...500))
        }
    }

    @Test func `the cache knows each model's answers`() async throws {
        try await withProviders { simulators, accounts in
            let cache = TemporaryFolder()
            var first = try job(accounts)
            first.options.cache.folder = cache.path
            first.options.asking.models = ["a"]
            _ = try await first.run()
            var second = try job(accounts)
            second.options.cache.folder = cache.path
            let summary = try await second.run()
            #expect(summary.counts.cached == Self.rows && summary.counts.answered == Self.rows, "\(summary)")
            #expect(summary.models.map(\.cached) == [Self.rows, 0])
            #expect(await items(simulators["a"]) == Self.all)
            #expect(try answers(second) == ["a": Self.all, "b": Self.all])
        }
    }

    @Test func `an estimate has every model apart, with its price and its share of what is done`() async throws {
        try await withProviders { _, accounts in
            var job = try job(accounts)
            job.options.asking.models = ["a"]
            _ = try await job.run()
            job.options.asking.models = ["a", "gpt-4o-mini", "gpt-4o"]
            for index in job.options.accounts.indices { job.options.accounts[index].models = nil }
            let estimate = try Estimate(job.options)
            #expect(estimate.done == Self.rows && estimate.toDo == 2 * Self.rows)
            #expect(estimate.models.map(\.model) == ["a", "gpt-4o-mini", "gpt-4o"])
            #expect(estimate.models.map(\.rows) == [0, Self.rows, Self.rows])
            let costs = estimate.models.map(\.cost)
            #expect(costs[0] == nil && (costs[1] ?? .zero) > .zero && (costs[2] ?? .zero) > (costs[1] ?? .zero))
            #expect(estimate.cost?.expected == costs.compactMap(\.self).reduce(.zero, +))
        }
    }
}

extension Job {
    /// Removes what the runs have left beside the output.
    fileprivate func removeState() throws {
        KeptFolder.remove(output + ".sluice")
    }
}
