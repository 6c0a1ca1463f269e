import SluiceTestSupport
import Testing

/// Runs that look for the best concurrency, against what the server can do at most.
struct AdaptiveRunTests {
    /// A server whose cache holds a quarter more than it takes to use it up.
    private func cached(_ knee: Double) -> SharedRun.Setting {
        var setting = SharedRun.Setting(knee: knee)
        setting.server.places = knee * 1.25
        setting.seconds = 420
        return setting
    }

    /// Their mean over some seeds.
    private func mean(_ setting: SharedRun.Setting, seeds: Int = 3, _ measure: (SharedRun) -> Double) -> Double {
        (1...seeds).reduce(0) { $0 + measure(SharedRun(setting, concurrency: nil, seed: UInt64($1))) } / Double(seeds)
    }

    /// The tokens per second of the server when it is used up, in the end.
    private func most(_ setting: SharedRun.Setting) -> Double {
        let work = (1 + setting.reading / setting.tokens) * (1 + 19 * setting.stalls)
        return setting.server.total * (setting.change?.factor ?? 1) / work
    }

    @Test(arguments: [4.0, 16, 64, 256])
    func `reaches 95 per cent of the best within two minutes`(knee: Double) {
        let setting = cached(knee)
        let reached = mean(setting, seeds: knee > 100 ? 1 : 4) { $0.rate(120, 420) }
        #expect(reached >= 0.95 * most(setting))
    }

    @Test(arguments: [16.0, 64])
    func `is back a minute after the capacity has halved`(knee: Double) {
        var setting = cached(knee)
        setting.change = (at: 200, factor: 0.5)
        let reached = mean(setting) { $0.rate(260, 420) }
        #expect(reached >= 0.95 * most(setting))
    }

    @Test(arguments: [16.0, 64, 256])
    func `stays within a fifth, near the knee`(knee: Double) {
        let run = SharedRun(cached(knee), concurrency: nil)
        let steady = run.concurrency.suffix(200)
        let (least, most) = (Double(steady.min() ?? 0), Double(steady.max() ?? 0))
        #expect(least >= 0.8 * most)
        #expect(most <= 1.4 * knee)
        #expect(least >= 0.8 * knee)
    }

    @Test func `answers of a minute each only take longer to learn from`() {
        var setting = SharedRun.Setting(knee: 64, tokens: 3000)
        setting.seconds = 2000
        let reached = mean(setting) { $0.rate(1000, 2000) }
        #expect(reached >= 0.95 * most(setting))
    }

    @Test func `with answers of a minute there are as many in flight as it takes after three times as long`() {
        var setting = SharedRun.Setting(knee: 64, tokens: 3000)
        setting.seconds = 200
        for seed in 1...2 {
            let run = SharedRun(setting, concurrency: nil, seed: UInt64(seed))
            #expect(run.concurrency[190] >= 64, "\(run.concurrency[190]), seed \(seed)")
        }
    }

    @Test func `a server that batches is used well in each run, and none swings by more than a third`() {
        var setting = cached(64)
        (setting.server.half, setting.server.places, setting.seconds) = (16, 128, 900)
        let best = SharedRun.best(setting, of: [128]).rate
        for seed in 1...3 {
            let run = SharedRun(setting, concurrency: nil, seed: UInt64(seed))
            let reached = run.rate(450, 900) / best
            #expect(reached >= 0.95, "\(reached), seed \(seed)")
            let steady = run.concurrency.suffix(300)
            #expect(Double(steady.min() ?? 0) >= 0.67 * Double(steady.max() ?? 0), "seed \(seed)")
        }
    }

    @Test func `answers of a fifth of a second are learned from at once`() {
        var setting = SharedRun.Setting(knee: 16, tokens: 10)
        setting.seconds = 120
        let reached = mean(setting) { $0.rate(30, 120) }
        #expect(reached >= 0.95 * most(setting))
    }

    @Test func `chance is not taken for a gain`() {
        var setting = SharedRun.Setting(knee: 64)
        setting.noise = 0.3
        setting.reading = 50
        setting.seconds = 900
        let runs = (1...3).map { SharedRun(setting, concurrency: nil, seed: $0) }
        let reached = runs.reduce(0) { $0 + $1.rate(450, 900) } / 3
        #expect(reached >= 0.95 * most(setting))
        let highest = runs.flatMap { $0.concurrency.suffix(450) }.max() ?? 0
        #expect(highest <= 200)
        for run in runs {
            let steady = run.concurrency.suffix(300)
            #expect(Double(steady.min() ?? 0) >= 0.8 * Double(steady.max() ?? 0))
        }
    }

    @Test func `a server that slows down when it is crowded is not crowded`() {
        var setting = cached(64)
        setting.server.places = .infinity
        setting.server.crowd = 80
        let reached = mean(setting) { $0.rate(120, 420) }
        #expect(reached >= 0.95 * most(setting))
    }

    @Test func `a server that answers 503 above a load is kept below it`() {
        var setting = cached(64)
        setting.server.places = .infinity
        setting.refusesFrom = 80
        setting.change = (at: 200, factor: 0.5)
        let reached = mean(setting) { $0.rate(260, 420) }
        #expect(reached >= 0.93 * most(setting))
    }

    @Test func `one answer in a hundred that takes twenty times as long does no harm`() {
        var setting = cached(64)
        setting.stalls = 0.01
        setting.server.places = .infinity
        setting.seconds = 900
        let reached = mean(setting) { $0.rate(450, 900) }
        #expect(reached >= 0.9 * most(setting))
    }
}
