import SluiceTestSupport

/// A server that generates its answers together, and the concurrency that is best for it, which nobody tells.
struct SharingScenario: Sendable {
    var name: String
    var setting: SharedRun.Setting
    /// Where a grid search looks.
    var grid: [Int]
    /// From when on it is measured, in seconds; after a change of the capacity a minute after that.
    var from: Double
    var to: Double
    /// The least share of what the grid search reaches.
    var bar: Double

    /// Servers that so many answers of 250 tokens use up; their caches hold a quarter more, and the others queue.
    private static func cached(_ knee: Int) -> SharedRun.Setting {
        var setting = SharedRun.Setting(knee: Double(knee))
        setting.server.places = Double(knee) * 1.25
        setting.seconds = 420
        return setting
    }

    private init(
        _ name: String, _ setting: SharedRun.Setting, knee: Int, from: Double = 120, to: Double = 420, bar: Double
    ) {
        self.name = name
        self.setting = setting
        grid = [0.5, 0.75, 1, 1.25, 1.5, 2, 4].map { max(1, Int(Double(knee) * $0)) }.filter { $0 <= 1024 }
        (self.from, self.to, self.bar) = (from, to, bar)
    }

    static let all: [SharingScenario] = {
        var all = [4, 16, 64, 256, 1000].map { SharingScenario("auto, \($0)", cached($0), knee: $0, bar: 0.95) }
        for knee in [16, 64, 256] {
            var halved = cached(knee)
            halved.change = (at: 200, factor: 0.5)
            all.append(SharingScenario("auto, \(knee) halved", halved, knee: knee, from: 260, bar: 0.95))
        }
        var crowded = cached(64)
        crowded.server.places = .infinity
        crowded.server.crowd = 80
        all.append(SharingScenario("auto, 64 crowded", crowded, knee: 64, bar: 0.95))
        var refusing = cached(64)
        refusing.server.places = .infinity
        refusing.refusesFrom = 80
        all.append(SharingScenario("auto, 64 then 503", refusing, knee: 64, bar: 0.95))
        var noisy = cached(64)
        (noisy.noise, noisy.reading) = (0.3, 50)
        all.append(SharingScenario("auto, 64 noisy", noisy, knee: 64, bar: 0.95))
        var batching = cached(64)
        (batching.server.half, batching.server.places, batching.seconds) = (16, 128, 900)
        all.append(SharingScenario("auto, batching", batching, knee: 128, from: 120, to: 900, bar: 0.95))
        var short = SharedRun.Setting(knee: 64, tokens: 10)
        short.seconds = 120
        all.append(SharingScenario("auto, 0.2 s each", short, knee: 64, from: 30, to: 120, bar: 0.95))
        var long = SharedRun.Setting(knee: 64, tokens: 3000)
        long.seconds = 3600
        all.append(SharingScenario("auto, 60 s each", long, knee: 64, from: 1200, to: 3600, bar: 0.95))
        return all
    }()
}
