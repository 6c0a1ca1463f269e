import Glibc
import Sluice
import SluiceCore
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Keys that change while a run goes on, or waits for that; the provider's ledger is the judge.
@Suite(.timeLimit(.minutes(2))) struct AccountWatchTests {
    private static let rows = 60
    private static let first = "sk-first-0001"
    private static let second = "sk-second-0002"

    /// A job whose keys are the lines of a file, each an account of its own; a line of other text is a mistake.
    private func job(_ keys: [String], at base: String) throws -> (Job, String) {
        var job = try Job(Job.prompts(1...Self.rows), at: base, keys: keys)
        let path = job.folder.file("keys.txt")
        try TextFile.write(keys.joined(separator: "\n"), to: path)
        job.options.concurrency = 4
        job.options.accountSource = AccountSource(files: [path]) { () throws(SluiceError) in
            let lines = (try? TextFile.lines(path)) ?? []
            guard !lines.isEmpty, lines.allSatisfy({ $0.hasPrefix("sk-") }), let base = try? BaseURL(base) else {
                throw SluiceError(.configuration, "no list of keys", file: path)
            }
            return lines.map { Account(name: "account of \($0)", base: base, keys: [Secret($0)]) }
        }
        return (job, path)
    }

    private static func provider(_ rules: [FaultRule] = []) -> SimulatorOptions {
        var options = SimulatorOptions()
        options.keys = [first, second]
        options.latency = .fixed(.milliseconds(5))
        options.script = rules
        return options
    }

    @Test func `a run whose keys are gone waits, and goes on with one that is written down`() async throws {
        try await withSimulator(Self.provider([FaultRule(.init(nth: 20...20), .key(.spent))])) { simulator in
            let (job, path) = try job([Self.first], at: simulator.baseURL)
            let events = Events()
            async let running = job.run(onEvent: events.take)
            #expect(await Deadline.wait { events.contains("no key is left (") })
            #expect(await simulator.ledger().paid.count == 19)
            // As editors and `mv` do it.
            try TextFile.write(Self.second, to: path + ".new")
            #expect(rename(path + ".new", path) == 0)
            let summary = try await running
            #expect(summary.exitCode == 0, "\(summary)")
            let ledger = await simulator.ledger()
            #expect(ledger.paid == Array(1...Self.rows))
            #expect(ledger.count { $0.key == "…0002" } == Self.rows - 19)
            #expect(summary.counts.left == 0 && summary.counts.failed == 0)
        }
    }

    @Test func `the same keys written once more get one new chance`() async throws {
        let rules = [FaultRule(.init(nth: 20...1000), .error(.usual(402)), times: 1)]
        try await withSimulator(Self.provider(rules)) { simulator in
            let (job, path) = try job([Self.first], at: simulator.baseURL)
            let events = Events()
            async let running = job.run(onEvent: events.take)
            #expect(await Deadline.wait { events.contains("no key is left (") })
            try TextFile.write(Self.first + "\n", to: path)
            let summary = try await running
            #expect(summary.exitCode == 0, "\(summary)")
            #expect(await simulator.ledger().paid == Array(1...Self.rows))
            #expect(await simulator.ledger().count == Self.rows + 1)
        }
    }

    @Test func `what cannot be used is said once and left aside until it is right`() async throws {
        try await withSimulator(Self.provider([FaultRule(.init(nth: 20...20), .key(.spent))])) { simulator in
            let (job, path) = try job([Self.first], at: simulator.baseURL)
            let events = Events()
            async let running = job.run(onEvent: events.take)
            #expect(await Deadline.wait { events.contains("no key is left (") })
            try TextFile.write("half of a li", to: path)
            #expect(await Deadline.wait { events.contains("left aside until it is right: ") })
            #expect(unlink(path) == 0)
            try TextFile.write(Self.second, to: path)
            #expect(try await running.exitCode == 0)
            #expect(events.all.count { $0.contains("left aside") } == 1)
            #expect(await simulator.ledger().paid == Array(1...Self.rows))
        }
    }

    @Test func `a key that joins works along, one that is removed stops`() async throws {
        try await withSimulator(Self.provider()) { simulator in
            var (changed, path) = try job([Self.first], at: simulator.baseURL)
            let base = simulator.baseURL
            // Two a second, half a minute for all; the key that joins has ten a second.
            changed.options.accounts[0].limits.requestsPerMinute = 120
            changed.options.accountSource = AccountSource(files: [path]) { () throws(SluiceError) in
                let limits = Limits(requestsPerMinute: 600)
                return [Account(name: "second", base: try BaseURL(base), keys: [Secret(Self.second)], limits: limits)]
            }
            let job = changed
            async let running = job.run()
            #expect(await Deadline.wait { await !simulator.ledger().isEmpty })
            try TextFile.write("changed", to: path)
            let summary = try await running
            #expect(summary.exitCode == 0, "\(summary)")
            let ledger = await simulator.ledger().sorted { $0.number < $1.number }
            #expect(ledger.paid == Array(1...Self.rows))
            // From its first request on, the old one has none but what had leave already.
            let change = try #require(ledger.firstIndex { $0.key == "…0002" })
            #expect(ledger[change...].count { $0.key == "…0001" } <= 4)
            #expect(ledger[change...].count { $0.key == "…0002" } > 4)
            // `run.json` tells of those that are used.
            let manifest = try TextFile.objects(job.state("run.json"))[0]
            #expect(manifest["accounts"]?.elements.map { $0["name"]?.string } == ["second"])
            #expect(manifest["accounts"]?.elements.first?["limits"]?["rpm"]?.int == 600)
        }
    }

    @Test func `an account at another place joins, also where answers are kept by their places`() async throws {
        try await withSimulator(Self.provider([FaultRule(.init(nth: 20...20), .key(.spent))])) { simulator in
            try await withSimulator(Self.provider()) { other in
                var (changed, path) = try job([Self.first], at: simulator.baseURL)
                let place = Guarded(simulator.baseURL)
                changed.options.cache.folder = changed.folder.file("cache")
                changed.options.accountSource = AccountSource(files: [path]) { () throws(SluiceError) in
                    let base = try BaseURL(place.withLock { $0 })
                    return [Account(name: "elsewhere", base: base, keys: [Secret(Self.second)])]
                }
                let job = changed
                let events = Events()
                async let running = job.run(onEvent: events.take)
                #expect(await Deadline.wait { events.contains("no key is left (") })
                place.withLock { $0 = other.baseURL }
                try TextFile.write("changed", to: path)
                let summary = try await running
                #expect(summary.exitCode == 0, "\(summary)")
                #expect(await simulator.ledger().paid.count == 19)
                #expect((await simulator.ledger().paid + other.ledger().paid).sorted() == Array(1...Self.rows))
                changed.options.redoAll = true
                #expect(try await changed.run().counts.cached == 19)
            }
        }
    }

    @Test func `an account whose prices or limits had to be known from the start stays out`() async throws {
        try await withSimulator(Self.provider([FaultRule(.init(nth: 20...20), .key(.spent))])) { simulator in
            var (changed, path) = try job([Self.first], at: simulator.baseURL)
            let base = simulator.baseURL
            changed.options.accountSource = AccountSource(files: [path]) { () throws(SluiceError) in
                var daily = Account(name: "daily", base: try BaseURL(base), keys: [Secret(Self.second)])
                daily.limits.requestsPerDay = 1000
                return [daily]
            }
            let job = changed
            let events = Events()
            let run = Run(job.options, onEvent: events.take)
            async let running = job.finish(run)
            #expect(await Deadline.wait { events.contains("no key is left (") })
            try TextFile.write("changed", to: path)
            #expect(await Deadline.wait { events.contains("daily joins with the next run") })
            run.stop(.interrupted)
            #expect(try await running.counts.left == Self.rows - 19)
            #expect(await simulator.ledger().count { $0.key == "…0002" } == 0)
        }
    }

    @Test func `where no key is waited for the run ends`() async throws {
        try await withSimulator(Self.provider([FaultRule(.init(nth: 20...20), .key(.spent))])) { simulator in
            var (job, _) = try job([Self.first], at: simulator.baseURL)
            job.options.waitsForKeys = false
            let summary = try await job.run()
            #expect(summary.exitCode == 3 && summary.counts.left == Self.rows - 19, "\(summary)")
        }
    }

    @Test func `that it waits is said again and again, and the run can be stopped`() async throws {
        try await withSimulator(Self.provider([FaultRule(.init(nth: 20...20), .key(.spent))])) { simulator in
            var (job, _) = try job([Self.first], at: simulator.baseURL)
            job.options.keyReminder = .milliseconds(10)
            let events = Events()
            let run = Run(job.options, onEvent: events.take)
            async let running = job.finish(run)
            #expect(await Deadline.wait { events.all.count { $0.contains("no key is left (") } == 3 })
            #expect(run.progress()?.waiting?.hasPrefix("another key: ") == true)
            run.stop(.interrupted)
            let summary = try await running
            #expect(summary.exitCode == 130 && summary.counts.left == Self.rows - 19, "\(summary)")
        }
    }
}
