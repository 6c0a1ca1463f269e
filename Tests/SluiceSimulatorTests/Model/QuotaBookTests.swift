import SluiceCore
import SluiceSimulator
import Testing

@Suite struct QuotaBookTests {
    @Test func `keys of one account share its quota, other keys have their own`() {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: 60)
            $0.accounts = [
                .init("team", keys: ["a", "b"]),
                .init("rich", keys: ["c"], limits: .init(requestsPerMinute: 120, window: .fixed)),
            ]
        }
        #expect(timeline.ask(key: "a").status == 200)
        #expect(timeline.ask(key: "b").refusal?.dimension == .requestsPerMinute)
        #expect(timeline.ask(key: "x").status == 200)
        #expect(timeline.ask(key: "y").status == 200)
        #expect((0..<200).filter { _ in timeline.ask(key: "c").status == 200 }.count == 120)
        timeline.wait(.seconds(1))
        #expect(timeline.ask(key: "b").status == 200)
        #expect(timeline.ask(key: "a").status == 429)
    }

    @Test func `a model with limits of its own has a quota of its own in each account`() {
        var timeline = Timeline {
            $0.limits = .init(requestsPerMinute: 60)
            $0.modelLimits = ["large": .init(concurrency: 1)]
            $0.accounts = [.init("team", keys: ["a", "b"])]
        }
        func ask(_ key: String, _ model: String) -> Verdict {
            timeline.model.arrive(ProviderRequest(key: key, model: model, promptTokens: 1), now: timeline.now)
        }
        let large = ask("a", "large")
        #expect(large.status == 200)
        #expect(ask("b", "large").refusal?.dimension == .concurrency)
        #expect(ask("c", "large").status == 200)
        #expect(ask("a", "small").status == 200)
        #expect(ask("b", "tiny").refusal?.dimension == .requestsPerMinute)
        timeline.model.finish(large, now: timeline.now)
        #expect(ask("b", "large").status == 200)
    }

    @Test func `a key in two accounts, and limits of zero, are refused`() {
        var options = SimulatorOptions()
        options.accounts = [.init("one", keys: ["a"]), .init("two", keys: ["a"])]
        #expect(throws: SluiceError.self) { try options.validate() }
        options.accounts = [.init("one", keys: ["a"], limits: .init(tokensPerDay: 0))]
        #expect(throws: SluiceError.self) { try options.validate() }
        options.accounts = []
        options.modelLimits = ["m": .init(window: .quanta(.zero))]
        #expect(throws: SluiceError.self) { try options.validate() }
        options.modelLimits = [:]
        #expect(throws: Never.self) { try options.validate() }
    }
}
