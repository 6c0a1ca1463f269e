import Glibc
import Sluice
import SluiceCore
import SluiceProviders
import SluiceSimulator
import SluiceTestSupport
import Testing

/// Limits per day over several runs and outputs.
@Suite struct DayRunTests {
    /// A clock whose day, in UTC, began or will end so many seconds from when it is first read: a loaded machine may take
    /// long to begin.
    private func environment(secondsToMidnight: Double) -> Environment {
        let live = Environment.live
        let first = Guarded<Int64?>(nil)
        return Environment(
            now: {
                let now = live.now()
                let shift = first.withLock { first in
                    let midnight = DayEnd.next(after: now.wall, .utc).nanoseconds
                    let shift = first ?? midnight - Int64(secondsToMidnight * 1e9) - now.wall.nanoseconds
                    first = shift
                    return shift
                }
                return Now(mono: now.mono, wall: WallTime(nanoseconds: now.wall.nanoseconds + shift))
            }, sleep: live.sleep, seed: 1)
    }

    /// A clock that stands so many seconds before midnight, in UTC, until `isOver`, and goes on from there.
    ///
    /// It stands for half a minute at most, so that a run which never comes so far fails and ends.
    private func environment(
        standing secondsToMidnight: Double, until isOver: @escaping @Sendable () -> Bool
    ) -> Environment {
        let live = Environment.live
        let start = live.now()
        let midnight = DayEnd.next(after: start.wall, .utc)
        let going = Guarded<Instant?>(nil)
        return Environment(
            now: {
                let mono = live.now().mono
                let since = going.withLock { going in
                    if going == nil, mono - start.mono >= .seconds(30) || isOver() { going = mono }
                    return going ?? mono
                }
                let left = Int64(secondsToMidnight * 1e9) - (mono - since).nanoseconds
                return Now(mono: mono, wall: WallTime(nanoseconds: midnight.nanoseconds - left))
            }, sleep: live.sleep, seed: 1)
    }

    private func job(_ rows: ClosedRange<Int>, at base: String, counters: String, perDay: Double) throws -> Job {
        var job = try Job(Job.prompts(rows), at: base, keys: ["sk-day-key-0001"])
        job.options.accounts[0].limits.requestsPerDay = perDay
        job.options.dayCounters = counters
        return job
    }

    @Test func `a day belongs to the account, whatever the output`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            let noon = environment(secondsToMidnight: 40_000)
            let first = try job(1...30, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 50)
            let one = try await first.finish(Run(first.options, environment: noon))
            #expect(one.exitCode == 0)
            let second = try job(101...140, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 50)
            let two = try await second.finish(Run(second.options, environment: noon))
            #expect(two.exitCode == 3)
            #expect(two.counts.answered == 20)
            #expect(two.counts.left == 20)
            guard case .dayUsedUp(let until, let wait, let reasons) = two.cause else {
                Issue.record("\(String(describing: two.cause))")
                return
            }
            #expect(until.nanoseconds % 86_400_000_000_000 == 0)
            #expect(wait > .seconds(39_000) && wait < .seconds(40_001))
            #expect(reasons.first?.contains("requests per day") == true)
            #expect(await simulator.ledger().count == 50)

            // Another model, another key and another provider's address have days of their own.
            var other = try job(201...210, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 50)
            other.options.asking.model = "another"
            #expect(try await other.finish(Run(other.options, environment: noon)).exitCode == 0)
            // The next day goes on with what is left.
            let next = try await second.finish(Run(second.options, environment: environment(secondsToMidnight: -9)))
            #expect(next.exitCode == 0)
            #expect(try second.ids() == Array(101...140))
        }
    }

    @Test func `the end of a day that is near is waited for, and the new day has its own count`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            let job = try job(1...12, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 8)
            let clock = environment(standing: 4) { simulator.counts().answered >= 8 }
            let end = try await job.finish(Run(job.options, environment: clock))
            #expect(end.exitCode == 0)
            let times = await simulator.ledger().map(\.time.nanoseconds).sorted()
            try #require(times.count == 12)
            // The clock went on when the eighth was answered, and midnight was four seconds later.
            #expect(times[8] - times[7] >= 4_000_000_000)
        }
    }

    @Test func `that the counters in the output's state folder begin anew is said`() async throws {
        try await withSimulator { simulator in
            var job = try job(1...2, at: simulator.baseURL, counters: "", perDay: 1e6)
            job.options.dayCounters = nil
            #expect(mkdir(job.state(""), 0o700) == 0)
            try TextFile.write(String(repeating: "no database ", count: 500), to: job.state("state.db"))
            let events = Events()
            _ = try await job.run { events.take($0) }
            #expect(events.contains("state.db.damaged-1"))
        }
    }

    @Test func `without a place of its own the day is counted in the output's state folder`() async throws {
        try await withSimulator { simulator in
            let noon = environment(secondsToMidnight: 40_000)
            var job = try job(1...6, at: simulator.baseURL, counters: "", perDay: 4)
            job.options.dayCounters = nil
            #expect(try await job.finish(Run(job.options, environment: noon)).counts.answered == 4)
            #expect(TextFile.exists(job.state("state.db")))
            #expect(try await job.finish(Run(job.options, environment: noon)).counts.answered == 0)
            #expect(!String(decoding: TextFile.read(job.state("state.db")), as: UTF8.self).contains("sk-day-key"))
        }
    }

    @Test func `tokens per day are counted as the provider counted them`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            let noon = environment(secondsToMidnight: 40_000)
            var job = try job(1...200, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 1e6)
            job.options.accounts[0].limits.requestsPerDay = nil
            job.options.accounts[0].limits.tokensPerDay = 3000
            job.options.concurrency = 4
            let first = try await job.finish(Run(job.options, environment: noon))
            #expect(first.exitCode == 3)
            let used = await simulator.ledger().reduce(0) { $0 + $1.inputTokens + $1.outputTokens }
            #expect(used <= 3000 && used > 2000)
        }
    }

    @Test func `what may be spent in a day is kept over runs`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            let noon = environment(secondsToMidnight: 40_000)
            var model = Model("m")
            model.context = 1000
            model.maxOutput = 46
            model.price = Price(Rates(input: Money(picodollars: 10_000), output: Money(picodollars: 10_000_000)))
            var spent = Money.zero
            for turn in 0..<2 {
                var job = try job(1...100, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 1e6)
                job.options.catalogue.set(model)
                job.options.accounts[0].limits.requestsPerDay = nil
                job.options.accounts[0].limits.spendPerDay = Money(dollars: 0.01)
                let summary = try await job.finish(Run(job.options, environment: noon))
                #expect(summary.exitCode == 3)
                #expect(summary.cause?.name == "day_used_up")
                spent += summary.counts.cost
                #expect(turn == 0 ? summary.counts.answered == 21 : summary.counts.answered == 0)
            }
            #expect(spent <= Money(dollars: 0.01) ?? .zero)
        }
    }

    @Test func `rows of a model whose day is used up leave those of others alone`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            let noon = environment(secondsToMidnight: 40_000)
            var job = try job(1...1, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 1e6)
            job.options.asking.model = nil
            job.options.accounts[0].modelLimits["small"] = {
                var limits = Limits()
                limits.requestsPerDay = 3
                return limits
            }()
            try job.write(
                (1...20).map {
                    #"{"id":"\#($0)","model":"\#($0 % 2 == 0 ? "small" : "large")","prompt":"item-\#($0)"}"#
                })
            let summary = try await job.finish(Run(job.options, environment: noon))
            #expect(summary.exitCode == 3)
            #expect(summary.counts.answered == 13)
            #expect(summary.counts.left == 7)
        }
    }

    @Test func `parts that were asked for when a run ended are given back`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            let noon = environment(secondsToMidnight: 40_000)
            // The last row of each run leaves so little of its part that the next one is asked for.
            for turn in 0..<10 {
                let job = try job(
                    turn * 4 + 1...turn * 4 + 4, at: simulator.baseURL, counters: place.file("accounts.db"),
                    perDay: 120)
                #expect(try await job.finish(Run(job.options, environment: noon)).counts.answered == 4)
            }
            let rest = try job(101...200, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 120)
            #expect(try await rest.finish(Run(rest.options, environment: noon)).counts.answered == 80)
        }
    }

    @Test(.timeLimit(.minutes(2))) func `each model has its own day, however many there are`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            let noon = environment(secondsToMidnight: 40_000)
            var job = try job(1...1, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 1e6)
            job.options.asking.model = nil
            job.options.accounts[0].limits = Limits()
            for model in 1...300 {
                var limits = Limits()
                limits.requestsPerDay = 2
                job.options.accounts[0].modelLimits["model-\(model)"] = limits
            }
            try job.write(
                (1...12).map { #"{"id":"\#($0)","model":"model-\#(97 + $0 % 3)","prompt":"item-\#($0)"}"# })
            let summary = try await job.finish(Run(job.options, environment: noon))
            #expect(summary.exitCode == 3)
            #expect(summary.counts.answered == 6)
        }
    }

    @Test func `limits beyond all counting hold nothing back`() async throws {
        try await withSimulator { simulator in
            let place = TemporaryFolder()
            var job = try job(1...10, at: simulator.baseURL, counters: place.file("accounts.db"), perDay: 1e300)
            job.options.accounts[0].limits.tokensPerDay = .infinity
            job.options.accounts[0].limits.spendPerDay = Money(picodollars: .max)
            job.options.share = LimitShare(index: 0, count: 2)
            var model = Model("m")
            model.context = 1000
            model.maxOutput = 100
            model.price = Price(Rates(input: Money(picodollars: 1), output: Money(picodollars: 1)))
            job.options.catalogue.set(model)
            #expect(try await job.run().counts.answered == 10)
            job.options.share = LimitShare(index: 0, count: .max)
            let refusal = await job.refusal()
            #expect(refusal?.code == .configuration)
            #expect(refusal?.message.contains("cannot be shared") == true)
        }
    }
}
