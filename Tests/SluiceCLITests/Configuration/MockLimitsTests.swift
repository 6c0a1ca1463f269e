import SluiceCLI
import SluiceCore
import SluiceSimulator
import Testing

@Suite struct MockLimitsTests {
    private let usual = SimulatorOptions.AccountLimits(requestsPerMinute: 500, window: .sliding)

    @Test func `an account has keys, and limits of its own behind a semicolon`() throws {
        #expect(try MockLimits.account("team=a,b", like: usual) == .init("team", keys: ["a", "b"]))
        #expect(
            try MockLimits.account("free=c;rpm=20,tpm=10k,concurrency=3", like: usual)
                == .init(
                    "free", keys: ["c"],
                    limits: .init(requestsPerMinute: 20, tokensPerMinute: 10_000, concurrency: 3, window: .sliding)))
    }

    @Test(arguments: ["", "team", "team=", "=a", "team=;rpm=1"])
    func `an account without name or keys is refused, and its text kept back`(text: String) throws {
        let error = #expect(throws: SluiceError.self) { try MockLimits.account(text, like: usual) }
        #expect(error?.message == "an --account is not NAME=KEY,KEY")
    }

    @Test func `a model has a name, and limits of its own behind a comma`() throws {
        #expect(try MockLimits.model("large", like: usual).name == "large")
        #expect(try MockLimits.model("large", like: usual).limits == nil)
        let (name, limits) = try MockLimits.model("vendor/name:free,rpd=50,itpm=1M", like: usual)
        #expect(name == "vendor/name:free")
        #expect(limits == .init(requestsPerDay: 50, inputTokensPerMinute: 1_000_000, window: .sliding))
    }

    @Test(arguments: ["m,rpm", "m,rpm=0", "m,rpm=x", "m,speed=3"])
    func `a limit that cannot be read is refused`(text: String) {
        #expect(throws: SluiceError.self) { try MockLimits.model(text, like: usual) }
    }

    @Test func `windows are set for all limits or for one`() throws {
        var limits = SimulatorOptions.AccountLimits()
        try MockLimits.setWindow("fixed", of: &limits)
        #expect(limits.window == .fixed)
        try MockLimits.setWindow("bucket:60s", of: &limits)
        #expect(limits.window == .bucket(depth: .seconds(60)))
        try MockLimits.setWindow("rpm=quanta:10s", of: &limits)
        try MockLimits.setWindow("tpd=sliding", of: &limits)
        try MockLimits.setWindow("rps=quanta", of: &limits)
        #expect(limits.window == .bucket(depth: .seconds(60)))
        #expect(
            limits.windows == [
                .requestsPerMinute: .quanta(.seconds(10)), .tokensPerDay: .sliding,
                .requestsPerSecond: .quanta(.seconds(1)),
            ])
        try MockLimits.setWindow("sliding", of: &limits)
        #expect(limits.windows.isEmpty && limits.window == .sliding)
        for text in ["", "leaky", "fixed:3s", "quanta:0", "bucket:x", "xpm=fixed"] {
            #expect(throws: SluiceError.self) { try MockLimits.setWindow(text, of: &limits) }
        }
    }
}
