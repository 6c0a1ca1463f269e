import SluiceCore
import SluiceSimulator
import Testing

@Suite struct EngineTests {
    /// A provider with an engine on a clock that is turned by hand.
    private struct Run {
        var model: ProviderModel
        var now = Instant(nanoseconds: 3_000_000_000)
        let origin = Instant(nanoseconds: 3_000_000_000)
        var names: [Int: String] = [:]
        var ends: [String] = []

        init(_ engine: SimulatorOptions.Engine, _ change: (inout SimulatorOptions) -> Void = { _ in }) {
            var options = SimulatorOptions()
            options.answerTokens = 1_000_000
            options.engine = engine
            change(&options)
            model = ProviderModel(options)
        }

        /// Asks for an answer of so many tokens.
        mutating func ask(_ name: String, _ tokens: Int, prompt: Int = 0, choices: Int = 1) -> Verdict {
            let verdict = model.arrive(
                ProviderRequest(promptTokens: prompt, maxTokens: tokens, choices: choices), now: now)
            if let sequence = verdict.sequence { names[sequence] = name }
            return verdict
        }

        /// Goes on to so many seconds after the origin, by way of every event.
        mutating func go(to seconds: Double) {
            let until = origin + .seconds(seconds)
            while let next = model.nextEvent, next <= until {
                for departure in model.advance(to: next) {
                    let at = (departure.at - origin).seconds
                    ends.append("\(names[departure.sequence] ?? "?") \((at * 1000).rounded() / 1000)")
                }
            }
            now = until
            #expect(model.advance(to: now).isEmpty)
        }
    }

    @Test func `a sequence alone writes at its own greatest speed`() {
        var run = Run(.init(tokensPerSecond: 1_000, tokensPerSecondOfOne: 50))
        let verdict = run.ask("a", 100)
        #expect(verdict.delay == .zero)
        run.go(to: 10)
        #expect(run.ends == ["a 2.0"])
        #expect(run.model.nextEvent == nil)
    }

    @Test func `sequences share what there is, and speed up when others end`() {
        // 100 tokens/s for all, 50 for one at most.
        var run = Run(.init(tokensPerSecond: 100, tokensPerSecondOfOne: 50))
        _ = run.ask("a", 100)
        _ = run.ask("b", 200)
        run.go(to: 1)
        // a has 50 left, b 150. With four, each writes 25 per second.
        _ = run.ask("c", 75)
        _ = run.ask("d", 1_000)
        // a ends 2 s later; then b has 100 left, c 25, d 950, at 33⅓ each: c ends 0.75 s later, at 3.75.
        // b has 75 left and d 925, at 50 each: b ends at 5.25; d has 850 left, at 50: 22.25.
        run.go(to: 100)
        #expect(run.ends == ["a 3.0", "c 3.75", "b 5.25", "d 22.25"])
    }

    @Test func `equal sequences end together, in the order of arrival`() {
        var run = Run(.init(tokensPerSecond: 100, tokensPerSecondOfOne: 100))
        for name in ["a", "b", "c", "d"] { _ = run.ask(name, 25) }
        run.go(to: 5)
        #expect(run.ends == ["a 1.0", "b 1.0", "c 1.0", "d 1.0"])
    }

    @Test func `a sequence that the cache has no room for waits, and all behind it`() {
        var run = Run(.init(tokensPerSecond: 1_000, tokensPerSecondOfOne: 100, cacheTokens: 1_000))
        _ = run.ask("a", 300, prompt: 200)
        _ = run.ask("b", 100, prompt: 400)
        // They fill the cache; b ends at 1 s and frees 500, which is not enough for c, and d is behind it.
        _ = run.ask("c", 200, prompt: 400)
        _ = run.ask("d", 10)
        run.go(to: 100)
        #expect(run.ends == ["b 1.0", "a 3.0", "d 3.1", "c 5.0"])
    }

    @Test func `a sequence larger than the cache runs alone`() {
        var run = Run(.init(tokensPerSecond: 100, tokensPerSecondOfOne: 100, cacheTokens: 50))
        _ = run.ask("a", 10)
        _ = run.ask("b", 100)
        _ = run.ask("c", 10)
        run.go(to: 100)
        #expect(run.ends == ["a 0.1", "b 1.1", "c 1.2"])
    }

    @Test func `no more sequences run than may`() {
        var run = Run(.init(tokensPerSecond: 1_000, tokensPerSecondOfOne: 10, sequences: 2))
        for name in ["a", "b", "c", "d", "e"] { _ = run.ask(name, 10) }
        run.go(to: 100)
        #expect(run.ends == ["a 1.0", "b 1.0", "c 2.0", "d 2.0", "e 3.0"])
    }

    @Test func `reading a prompt takes its part of the time`() throws {
        var run = Run(.init(tokensPerSecond: 1_000, tokensPerSecondOfOne: 50, promptTokensPerSecond: 2_000))
        let sequence = try #require(run.ask("a", 50, prompt: 3_000).sequence)
        run.go(to: 1.5)
        #expect(run.model.tokensWritten(sequence, now: run.now) == 0)
        run.go(to: 2)
        #expect(run.model.tokensWritten(sequence, now: run.now) == 25)
        run.go(to: 3)
        #expect(run.ends == ["a 2.5"])
        #expect(run.model.tokensWritten(sequence, now: run.now) == nil)
    }

    @Test func `several answers are as much work as they have tokens`() {
        var run = Run(.init(tokensPerSecond: 100, tokensPerSecondOfOne: 100))
        _ = run.ask("a", 25, choices: 4)
        _ = run.ask("nothing to write", 25, choices: 0)
        run.go(to: 9)
        #expect(run.ends == ["nothing to write 0.0", "a 1.0"])
    }

    @Test func `who breaks off makes room for the others`() {
        var run = Run(.init(tokensPerSecond: 100, tokensPerSecondOfOne: 100, sequences: 2))
        let a = run.ask("a", 100)
        _ = run.ask("b", 100)
        let c = run.ask("c", 100)
        _ = run.ask("d", 50)
        run.go(to: 1)
        run.model.finish(c, now: run.now)
        run.model.finish(a, now: run.now)
        // b and d have 50 left each, at 50 per second.
        run.go(to: 9)
        #expect(run.ends == ["b 2.0", "d 2.0"])
    }

    @Test func `what ended while nobody looked is handed out once`() {
        var run = Run(.init(tokensPerSecond: 100, tokensPerSecondOfOne: 100))
        let a = run.ask("a", 100)
        run.now = run.origin + .seconds(5)
        let b = run.ask("b", 100)
        #expect(run.model.nextEvent == run.origin + .seconds(1))
        let ended = run.model.advance(to: run.now)
        #expect(ended.map(\.sequence) == [a.sequence])
        #expect(ended.first?.at == run.origin + .seconds(1))
        #expect(run.model.nextEvent == run.origin + .seconds(6))
        run.model.finish(a, now: run.now)
        run.go(to: 7)
        #expect(run.ends == ["b 6.0"])
        run.model.finish(b, now: run.now)
    }

    @Test func `a faster provider generates as much sooner`() {
        var run = Run(.init(tokensPerSecond: 100, tokensPerSecondOfOne: 50)) {
            $0.speed = 10
            $0.latency = .fixed(.seconds(1))
        }
        #expect(run.ask("a", 100).delay == .milliseconds(100))
        run.go(to: 5)
        #expect(run.ends == ["a 0.2"])
    }

    @Test func `work is conserved, whatever comes and goes`() {
        var run = Run(.init(tokensPerSecond: 1_000, tokensPerSecondOfOne: 40, cacheTokens: 20_000, sequences: 64))
        var random: UInt64 = 7
        func draw(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        var work = 0
        for step in 0..<2_000 {
            let tokens = 1 + draw(200)
            work += tokens
            _ = run.ask("\(step)", tokens, prompt: draw(1_000))
            run.go(to: Double(step + 1) * 0.1)
        }
        #expect(run.ends.count < 2_000)
        // From the first moment there is more work than can be done, so that the server is never idle.
        run.go(to: 1e6)
        #expect(run.ends.count == 2_000)
        let last = run.ends.last.flatMap { Double($0.split(separator: " ")[1]) } ?? 0
        #expect(abs(last - Double(work) / 1_000) < 8)
    }
}
