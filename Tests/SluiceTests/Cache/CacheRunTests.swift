import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Runs with a cache, judged by what the provider saw.
@Suite(.timeLimit(.minutes(2))) struct CacheRunTests {
    private let folder = TemporaryFolder()

    private func job(_ rows: [String], _ simulator: Simulator, keys: [String] = []) throws -> Job {
        try job(rows, at: simulator.baseURL, keys: keys)
    }

    private func job(_ rows: [String], at base: String, keys: [String] = []) throws -> Job {
        var job = try Job(rows, at: base, keys: keys)
        job.options.cache.folder = folder.file("cache")
        return job
    }

    private func same(_ count: Int, _ text: String = "the same item-1", _ more: String = "") -> [String] {
        (1...count).map { #"{"id":"\#($0)","prompt":"\#(text)"\#(more)}"# }
    }

    @Test func `with the server down everything is answered from the cache`() async throws {
        let (base, first) = try await withSimulator { simulator in
            let job = try job(Job.prompts(1...300), simulator)
            #expect(try await job.run().counts.answered == 300)
            return (simulator.baseURL, try job.answers())
        }
        let texts = Dictionary(uniqueKeysWithValues: first.map { ($0["id"]?.string, $0["output"]?.raw.text) })
        let again = try job(Job.prompts((1...300).reversed()), at: base)
        let summary = try await again.run()
        #expect(summary.exitCode == 0)
        #expect(summary.counts.cached == 300)
        #expect(summary.counts.answered == 0 && summary.counts.attempts == 0)
        #expect(summary.counts.usage.total == 0 && summary.counts.cost == .zero)
        for answer in try again.answers() {
            #expect(answer["output"]?.raw.text == texts[answer["id"]?.string])
            let facts = answer["sluice"]
            #expect(facts?["cached"]?.bool == true)
            #expect(facts?["attempts"]?.int == 0 && facts?["cost"]?.int == 0)
            #expect(facts?["usage"]?["output"]?.int ?? 0 > 0)
        }
        #expect(try again.ids() == Array(1...300))
    }

    @Test func `a hit takes no limit and no place among those in flight`() async throws {
        try await withSimulator { simulator in
            _ = try await job(Job.prompts(1...200), simulator).run()
            var limited = try job(Job.prompts(1...200), simulator)
            limited.options.accounts[0].limits.requestsPerMinute = 1
            limited.options.concurrency = 1
            limited.options.rowLimit = 1
            #expect(try await limited.run().counts.cached == 200)
            #expect(await simulator.ledger().count == 200)
        }
    }

    @Test(arguments: [1, 64])
    func `rows that expect one answer are paid for once, near each other and far apart, small and large`(
        slots: Int
    ) async throws {
        try await withSimulator { simulator in
            let cold = #"","temperature":0"#
            func row(_ number: Int, _ more: String = "") -> String {
                #"{"prompt":"hello item-\#(number)\#(cold)\#(more)}"#
            }
            // Too large to be planned ahead, though what it asks is not.
            let large = #","metadata":{"note":"\#(String(repeating: "x", count: 1_200_000))"}"#
            let rows =
                [row(1, large)] + (2...300).flatMap { [row($0), row($0)] } + (1...300).reversed().map { row($0) }
                + [row(2, large)]
            var job = try job(rows, simulator)
            job.options.concurrency = slots
            let counts = try await job.run().counts
            #expect(counts.answered == 300)
            #expect(counts.cached + counts.deduplicated == 600)
            let asked = await simulator.ledger().map(\.item)
            #expect(asked.count == 300)
            #expect(Set(asked).count == 300)
        }
    }

    @Test func `another model, place, parameter or text is another request`() async throws {
        try await withSimulator { simulator in
            let rows = same(1)
            #expect(try await job(rows, simulator).run().counts.answered == 1)
            var other = try job(rows, simulator)
            other.options.asking.model = "another"
            #expect(try await other.run().counts.answered == 1)
            other = try job(rows, simulator)
            other.options.asking.system = "Be brief."
            #expect(try await other.run().counts.answered == 1)
            #expect(try await job(same(1, "the same item-1", #","top_p":0.5"#), simulator).run().counts.answered == 1)
            #expect(try await job(same(1, "the same item-1 "), simulator).run().counts.answered == 1)
            #expect(try await job(rows, at: simulator.baseURL + "/").run().counts.cached == 1)
            #expect(
                try await job(rows, at: simulator.baseURL.replacing("127.0.0.1", with: "localhost"))
                    .run().counts.answered == 1)
        }
    }

    @Test func `rows that are the same get different answers, also when an account at another place joins`()
        async throws
    {
        // So much text that a third of the rows is read only after the change.
        let rows = same(1500, "item-1 " + String(repeating: "x", count: 5000))
        let keys = ["sk-first-0001", "sk-second-0002"]
        var provider = SimulatorOptions()
        provider.keys = keys
        provider.script = [FaultRule(.init(nth: 20...20), .key(.spent))]
        try await withSimulator(provider) { simulator in
            provider.script = []
            try await withSimulator(provider) { other in
                var changed = try job(rows, simulator, keys: [keys[0]])
                let path = changed.folder.file("keys")
                try TextFile.write("one", to: path)
                let bases = [simulator.baseURL, other.baseURL]
                changed.options.accountSource = AccountSource(files: [path]) { () throws(SluiceError) in
                    var accounts: [Account] = []
                    for (base, key) in zip(bases, keys) {
                        accounts.append(Account(name: key, base: try BaseURL(base), keys: [Secret(key)]))
                    }
                    return accounts
                }
                let job = changed
                let events = Events()
                async let running = job.run(onEvent: events.take)
                #expect(await Deadline.wait { events.contains("no key is left (") })
                try TextFile.write("both", to: path)
                let summary = try await running
                #expect(summary.exitCode == 0, "\(summary)")
                // No row was given what another one had asked.
                #expect(summary.counts.cached == 0 && summary.counts.answered == rows.count)
            }
        }
    }

    @Test func `failures are not stored`() async throws {
        var options = SimulatorOptions()
        options.script = [FaultRule(.init(prompt: "item-2", nth: 1...1), .error(.usual(400)))]
        try await withSimulator(options) { simulator in
            #expect(try await job(Job.prompts(1...3), simulator).run().counts.failed == 1)
            let counts = try await job(Job.prompts(1...3), simulator).run().counts
            #expect(counts.cached == 2 && counts.answered == 1 && counts.failed == 0)
        }
    }

    // MARK: samples

    @Test func `equal rows get samples of their own, in every run the same number`() async throws {
        try await withSimulator { simulator in
            var first = try job(same(3), simulator)
            first.options.save = .response
            #expect(try await first.run().counts.answered == 3)
            let ids = Set(try first.answers().map { $0["output"]?["id"]?.string })
            #expect(ids.count == 3)

            var second = try job(same(5), simulator)
            second.options.save = .response
            let counts = try await second.run().counts
            #expect(counts.cached == 3 && counts.answered == 2)
            let all = try second.answers().map { $0["output"]?["id"]?.string }
            #expect(Set(all).count == 5 && ids.isSubset(of: Set(all)))
            #expect(await simulator.ledger().count == 5)
        }
    }

    @Test func `rows that were done before count as samples taken`() async throws {
        try await withSimulator { simulator in
            var job = try job(same(2), simulator)
            job.options.save = .response
            #expect(try await job.run().counts.answered == 2)
            // A third row, as like the others as they are to each other: its answer must not be one of theirs.
            try job.write(same(3))
            let counts = try await job.run().counts
            #expect(counts.doneBefore == 2 && counts.answered == 1 && counts.cached == 0)
            #expect(Set(try job.answers().map { $0["output"]?["id"]?.string }).count == 3)
        }
    }

    @Test func `asking for more samples sends for the rest, asking for fewer sends nothing`() async throws {
        try await withSimulator { simulator in
            func run(_ samples: Int) async throws -> (RunCounts, JSON) {
                var job = try job(same(1), simulator)
                job.options.asking.parameters = [("n", try JSON.parse(Bytes("\(samples)")))]
                let counts = try await job.run().counts
                return (counts, try #require(try job.answers().first))
            }
            let (_, two) = try await run(2)
            let texts = two["output"]?.elements.compactMap(\.string) ?? []
            #expect(texts.count == 2)
            let (one, first) = try await run(1)
            #expect(one.cached == 1 && first["output"]?.string == texts.first)
            let (five, all) = try await run(5)
            #expect(five.answered == 1 && five.cached == 0)
            let answers = all["output"]?.elements.compactMap(\.string) ?? []
            #expect(answers.count == 5 && Array(answers.prefix(2)) == texts)
            // The second request was for three choices: 2 and 3 times the tokens of one.
            let output = await simulator.ledger().map(\.outputTokens)
            #expect(output.count == 2)
            #expect(all["sluice"]?["usage"]?["output"]?.int == output.last)
            let (again, fives) = try await run(5)
            #expect(again.cached == 1 && fives["output"]?.raw == all["output"]?.raw)
            #expect(await simulator.ledger().count == 2)
        }
    }

    // MARK: rows that ask the same

    @Test(arguments: [true, false])
    func `at temperature 0 rows that ask the same are sent once`(isCached: Bool) async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(200))
        try await withSimulator(options) { simulator in
            var job = try job(same(40, "the same item-1", #","temperature":0"#), simulator)
            if !isCached { job.options.cache.folder = nil }
            let counts = try await job.run().counts
            #expect(counts.answered + counts.deduplicated + counts.cached == 40, "\(counts)")
            // Without a cache a row that comes when the answer is written already is sent again.
            #expect(isCached ? counts.answered == 1 : counts.deduplicated > 0, "\(counts)")
            #expect(await simulator.ledger().count == counts.answered)
            #expect(Set(try job.answers().map { $0["output"]?.raw.text }).count <= counts.answered)
            #expect(try job.ids() == Array(1...40))
            let shared = try job.answers().filter { $0["sluice"]?["deduplicated"]?.bool == true }
            #expect(shared.count == counts.deduplicated)
            #expect(shared.allSatisfy { $0["sluice"]?["attempts"]?.int == 0 && $0["sluice"]?["cost"]?.int == 0 })
        }
    }

    @Test func `above temperature 0 they are only if that is asked for`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(200))
        try await withSimulator(options) { simulator in
            var job = try Job(same(20), at: simulator.baseURL)
            #expect(try await job.run().counts.answered == 20)
            job = try Job(same(20), at: simulator.baseURL)
            job.options.sharesAnswers = true
            let counts = try await job.run().counts
            #expect(counts.answered + counts.deduplicated == 20 && counts.deduplicated > 0, "\(counts)")
            #expect(await simulator.ledger().count == 20 + counts.answered)
        }
    }

    @Test func `with a cache a run sends nothing twice, whether at once or one after the other`() async throws {
        try await withSimulator { simulator in
            var job = try job((0..<600).map { #"{"id":"\#($0)","prompt":"hello item-\#($0 % 20)"}"# }, simulator)
            job.options.sharesAnswers = true
            let counts = try await job.run().counts
            #expect(counts.answered == 20 && counts.cached + counts.deduplicated == 580)
            #expect(await simulator.ledger().paid == Array(0..<20))
            for answer in try job.answers() {
                let item = (answer["id"]?.string.flatMap { Int($0) } ?? 0) % 20
                #expect(answer["output"]?.string?.hasPrefix("Answer to item-\(item): ") == true)
            }
        }
    }

    @Test func `a row whose like has failed has a try of its own`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(100))
        options.script = [FaultRule(.init(prompt: "item-1", nth: 1...1), .error(.usual(400)))]
        try await withSimulator(options) { simulator in
            let job = try Job(same(10, "the same item-1", #","temperature":0"#), at: simulator.baseURL)
            let counts = try await job.run().counts
            #expect(counts.failed == 1 && counts.answered + counts.deduplicated == 9, "\(counts)")
            #expect(counts.deduplicated > 0, "\(counts)")
            #expect(await simulator.ledger().count == 1 + counts.answered)
        }
    }

    @Test func `rows whose likes fail again and again all have a try of their own`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.milliseconds(50))
        options.script = [FaultRule(.init(prompt: "item-1"), .error(.usual(400)))]
        try await withSimulator(options) { simulator in
            let job = try Job(same(10, "the same item-1", #","temperature":0"#), at: simulator.baseURL)
            #expect(try await job.run().counts.failed == 10)
            #expect(await simulator.ledger().count == 10)
        }
    }

    @Test func `a run that is stopped while rows wait for another leaves them`() async throws {
        var options = SimulatorOptions()
        options.latency = .fixed(.seconds(120))
        try await withSimulator(options) { simulator in
            let job = try job(same(50, "the same item-1", #","temperature":0"#), simulator)
            let run = Run(job.options)
            async let finished = job.finish(run)
            #expect(await Deadline.wait { simulator.counts().inFlight == 1 })
            run.stop(.interrupted)
            run.stop(.interrupted)
            let counts = try await finished.counts
            #expect(counts.left == 50)
            #expect(await simulator.ledger().count == 1)
        }
    }

    // MARK: what goes wrong

    @Test func `a damaged cache is set aside, and the run goes on`() async throws {
        try await withSimulator { simulator in
            let events = Events()
            _ = try await job(Job.prompts(1...5), simulator).run()
            try TextFile.write(String(repeating: "no database ", count: 1000), to: folder.file("cache/cache.db"))
            let summary = try await job(Job.prompts(1...5), simulator).run { events.take($0) }
            #expect(summary.exitCode == 0 && summary.counts.answered == 5)
            #expect(events.contains("cache.db.damaged-1"))
            #expect(try await job(Job.prompts(1...5), simulator).run().counts.cached == 5)
        }
    }

    @Test func `no key is in the files of the cache`() async throws {
        var options = SimulatorOptions()
        options.keys = ["sk-secret-number-0001"]
        try await withSimulator(options) { simulator in
            // A model that repeats what it is told stands for a server that repeats its headers.
            let rows = [#"{"id":"1","prompt":"sk-secret-number-0001"}"#] + Job.prompts(2...20)
            let job = try job(rows, simulator, keys: options.keys)
            #expect(try await job.run().counts.answered == 20)
            for file in folder.files {
                #expect(!TextFile.read(file).containsText("sk-secret-number"), "\(file)")
            }
            #expect(try await self.job(rows, simulator, keys: options.keys).run().counts.cached == 19)
        }
    }

    @Test func `the limits of the cache are kept by the run`() async throws {
        try await withSimulator { simulator in
            var job = try job(Job.prompts(1...100), simulator)
            job.options.cache.maxCount = 10
            _ = try await job.run()
            #expect(try Cache(folder.file("cache")).report().answers == 10)
        }
    }

    @Test func `an account that is not asked for a model gives no answer of the cache for it`() async throws {
        try await withSimulator { first in
            #expect(try await job(same(1), first).run().counts.answered == 1)
            try await withSimulator { second in
                var job = try job(same(1), second)
                var other = try Job.accounts(at: first.baseURL)[0]
                other.models = ["another"]
                job.options.accounts.insert(other, at: 0)
                let counts = try await job.run().counts
                #expect(counts.answered == 1 && counts.cached == 0)
                #expect(await second.ledger().paid == [1])
            }
        }
    }
}

extension [UInt8] {
    fileprivate func containsText(_ text: String) -> Bool {
        let pattern = Array(text.utf8)
        return indices.contains { self[$0] == pattern[0] && self[$0...].starts(with: pattern) }
    }
}
