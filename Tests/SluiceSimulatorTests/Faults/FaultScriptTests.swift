import SluiceCore
import SluiceSimulator
import Testing

@Suite struct FaultScriptTests {
    private func timeline(_ rules: FaultRule..., change: (inout SimulatorOptions) -> Void = { _ in }) -> Timeline {
        Timeline {
            $0.script = rules
            change(&$0)
        }
    }

    /// The names of the faults that so many requests meet; a dot for those that meet none.
    private func story(_ timeline: inout Timeline, _ bodies: [String], key: String = "k") -> [String] {
        bodies.map { timeline.ask(key: key, body: $0).fault?.name ?? "." }
    }

    @Test func `the n-th request meets the fault, and a range of them`() {
        var timeline = timeline(
            FaultRule(.init(nth: 3...3), .reset(.body)), FaultRule(.init(nth: 5...6), .error(.usual(503))))
        let bodies = (1...8).map { "item-\($0)" }
        #expect(story(&timeline, bodies) == [".", ".", "reset-body", ".", "503", "503", ".", "."])
    }

    @Test func `a prompt is met as often as the rule says, and its number goes no further`() {
        var timeline = timeline(FaultRule(.init(prompt: "item-1"), .twice, times: 2))
        #expect(
            story(&timeline, ["item-10", "an item-1.", "item-12", "item-1", "item-1"]) == [
                ".", "twice", ".", "twice", ".",
            ])
    }

    @Test func `requests are counted for each rule among those it is about`() {
        var timeline = timeline(
            FaultRule(.init(key: "0001", nth: 2...2), .page(502)),
            FaultRule(.init(prompt: "b", nth: 2...9), .drip(bytes: 1, every: .seconds(1))))
        #expect(story(&timeline, ["a", "b"], key: "sk-0002") == [".", "."])
        #expect(story(&timeline, ["a", "b", "b", "a"], key: "sk-0001") == [".", "html-502", "drip", "."])
    }

    @Test func `the first rule that applies wins, and those behind it have seen the request all the same`() {
        var timeline = timeline(
            FaultRule(.init(nth: 2...2), .reset(.before)), FaultRule(.init(nth: 2...3), .close(.before)))
        #expect(story(&timeline, ["", "", "", ""]) == [".", "reset", "close", "."])
    }

    @Test func `after a time the rule begins, by the provider's clock`() {
        var timeline = timeline(FaultRule(.init(after: .seconds(10)), .error(.usual(500)))) { $0.speed = 5 }
        #expect(timeline.ask().fault == nil)
        timeline.wait(TimeSpan(nanoseconds: 1_999_999_999))
        #expect(timeline.ask().fault == nil)
        timeline.wait(TimeSpan(nanoseconds: 1))
        #expect(timeline.ask().status == 500)
    }

    @Test func `the same requests meet the same faults in whatever order they come`() {
        func faults(_ order: [Int], seed: UInt64) -> [Int: [String]] {
            var timeline = timeline(
                FaultRule(.init(rate: 0.2), .reset(.body)), FaultRule(.init(rate: 0.1), .error(.usual(503)))
            ) { $0.seed = seed }
            var met: [Int: [String]] = [:]
            for item in order { met[item, default: []].append(timeline.ask(body: "item-\(item)").fault?.name ?? ".") }
            return met
        }
        // Every item is asked three times.
        let order = (0..<900).map { $0 % 300 }
        let first = faults(order, seed: 7)
        #expect(first == faults(order.reversed(), seed: 7))
        #expect(first == faults(order.sorted(), seed: 7))
        #expect(first != faults(order, seed: 8))
        // What has failed once need not fail again.
        #expect(first.values.contains { $0[0] != "." && $0[1] == "." })
    }

    @Test func `another seed breaks another number of requests, and not the same ones in another order`() {
        func broken(seed: UInt64) -> Int {
            var timeline = timeline(FaultRule(.init(rate: 0.5), .reset(.body))) { $0.seed = seed }
            return (0..<1024).count { item in
                let request = ProviderRequest(key: "k", promptTokens: 1, content: UInt64(item))
                return timeline.model.arrive(request, now: timeline.now).fault != nil
            }
        }
        let counts = (0..<16).map { broken(seed: $0) }
        #expect(Set(counts).count > 4)
        // Five standard deviations.
        #expect(counts.allSatisfy { abs($0 - 512) < 80 }, "\(counts)")
    }

    @Test func `what is broken is neither what is fast nor what is slow`() {
        func shareNearMedian(_ rate: Double) -> Double {
            var timeline = timeline(FaultRule(.init(rate: rate), .page(502))) {
                $0.latency = .init(median: .seconds(1), sigma: 1)
            }
            let delays = (0..<8_000).compactMap { item -> Double? in
                let request = ProviderRequest(key: "k", promptTokens: 1, content: UInt64(item))
                let verdict = timeline.model.arrive(request, now: timeline.now)
                return verdict.fault == nil ? verdict.delay.seconds : nil
            }
            return Double(delays.count { $0 > 1 / 1.963 && $0 < 1.963 }) / Double(delays.count)
        }
        // Half of a normal distribution lies within 0.6745 deviations.
        #expect(abs(shareNearMedian(0) - 0.5) < 0.04)
        #expect(abs(shareNearMedian(0.5) - 0.5) < 0.04)
    }

    @Test func `limits that refuse a request change nothing about its luck, nor use a rule up`() {
        func story(limit: Int?) -> [[String]] {
            var timeline = timeline(
                FaultRule(.init(rate: 0.3), .reset(.body)), FaultRule(.init(rate: 0.2), .error(.usual(503)))
            ) { $0.limits.concurrency = limit }
            return (0..<200).map { item in
                (0..<3).map { _ in
                    // Another request is in the way for a while, if there is a limit.
                    let other = ProviderRequest(key: "k", promptTokens: 1, content: UInt64(1_000_000 + item))
                    let holder = limit == nil ? nil : timeline.model.arrive(other, now: timeline.now)
                    let request = ProviderRequest(key: "k", promptTokens: 1, content: UInt64(item))
                    var verdict = timeline.model.arrive(request, now: timeline.now)
                    if let holder { timeline.model.finish(holder, now: timeline.now) }
                    if verdict.refusal?.code == "rate_limit_exceeded" {
                        verdict = timeline.model.arrive(request, now: timeline.now)
                    }
                    timeline.model.finish(verdict, now: timeline.now)
                    return verdict.fault?.name ?? "."
                }
            }
        }
        #expect(story(limit: 1) == story(limit: nil))

        var late = timeline(FaultRule(.init(after: .seconds(1)), .reset(.body), times: 1)) {
            $0.limits = .init(requestsPerMinute: 1)
        }
        #expect(late.ask().status == 200)
        late.wait(.seconds(2))
        #expect(late.ask().refusal?.status == 429)
        late.wait(.seconds(60))
        #expect(late.ask().fault?.name == "reset-body")
    }

    @Test func `a key ends with the delay and the headers of the fault, and limits are scaled in sight of all`() {
        let fault = Fault(.key(.revoked), delay: .seconds(2), headers: [.init("x-why", "leaked")])
        var timeline = timeline(FaultRule(.init(nth: 2...2), fault))
        #expect(timeline.ask(key: "a").status == 200)
        let ended = timeline.ask(key: "a")
        #expect(ended.status == 401 && ended.fault == fault && ended.delay == .seconds(2))
        #expect(timeline.ask(key: "a").fault?.name == "key-revoked")
        var limited = self.timeline(FaultRule(.init(nth: 2...2), .limits(0.5))) { $0.limits.concurrency = 1 }
        _ = limited.ask()
        let refused = limited.ask()
        #expect(refused.status == 429 && refused.fault?.name == "limits")
    }

    @Test func `the rates of a script are those that come about`() {
        var timeline = timeline(
            FaultRule(.init(rate: 0.05), .reset(.before)), FaultRule(.init(rate: 0.1, key: "other"), .twice),
            FaultRule(.init(rate: 0.2), .truncate(.json)))
        var counts: [String: Int] = [:]
        for item in 0..<50_000 { counts[timeline.ask(body: "item-\(item)").fault?.name ?? ".", default: 0] += 1 }
        for (fault, share) in [("reset", 0.05), ("truncate-json", 0.2), (".", 0.75)] {
            // Four standard deviations of a binomial count.
            let spread = 4 * (50_000 * share * (1 - share)).squareRoot()
            #expect(abs(Double(counts[fault] ?? 0) - 50_000 * share) < spread, "\(fault): \(counts)")
        }
        #expect(counts["twice"] == nil)
    }

    @Test func `a broken answer is charged, an error in its place is not`() {
        var timeline = timeline(
            FaultRule(.init(nth: 1...1), .error(.usual(500))), FaultRule(.init(nth: 2...2), .reset(.before)),
            FaultRule(.init(nth: 3...3), .reset(.body)), FaultRule(.init(nth: 4...4), .error(.usual(200)))
        ) { $0.limits = .init(requestsPerMinute: 60, bucketDepth: .seconds(60)) }
        let verdicts = (0..<4).map { _ in timeline.askAndFinish() }
        #expect(verdicts.map(\.rates.requests?.remaining) == [60, 60, 59, 58])
        #expect(verdicts.map(\.status) == [500, nil, 200, 200])
        #expect(verdicts.map { $0.outputTokens > 0 } == [false, false, true, true])
    }

    @Test func `a body with the status of an error is generated and charged no more than that error`() {
        var timeline = timeline(
            FaultRule(.init(nth: 1...1), .body("busy", status: 503, retryAfter: .seconds(4))),
            FaultRule(.init(nth: 2...2), .body("made", status: 201))
        ) {
            $0.limits = .init(requestsPerMinute: 60, bucketDepth: .seconds(60))
            $0.latency = .fixed(.seconds(1))
        }
        let (busy, made) = (timeline.askAndFinish(), timeline.askAndFinish())
        #expect(busy.status == 503 && busy.rates.requests?.remaining == 60)
        #expect(busy.outputTokens == 0 && busy.delay == .zero)
        #expect(made.status == 201 && made.rates.requests?.remaining == 59 && made.delay == .seconds(1))
    }

    @Test func `a delay comes on top of the answer's own time, and both shrink with the speed`() {
        var timeline = timeline(
            FaultRule(.init(nth: 2...2), Fault(.none, delay: .seconds(4))),
            FaultRule(.init(nth: 3...3), Fault(.error(.usual(503, retryAfter: .seconds(10))), delay: .seconds(2)))
        ) {
            $0.latency = .fixed(.seconds(2))
            $0.speed = 2
        }
        #expect(timeline.ask().delay == .seconds(1))
        #expect(timeline.ask().delay == .seconds(3))
        let refused = timeline.ask()
        #expect(refused.delay == .seconds(1))
        #expect(refused.refusal?.retryAfter == .seconds(5))
    }

    @Test(arguments: Fault.KeyEnd.allCases)
    func `a key that ends is refused from then on, and other keys are not`(end: Fault.KeyEnd) {
        var timeline = timeline(FaultRule(.init(key: "a", nth: 3...3), .key(end)))
        func statuses(_ key: String, _ count: Int) -> [Int?] { (0..<count).map { _ in timeline.ask(key: key).status } }
        let status = end == .spent ? 429 : 401
        #expect(statuses("key-a", 5) == [200, 200, status, status, status])
        #expect(statuses("key-b", 2) == [200, 200])
        #expect(timeline.ask(key: "key-a").fault?.name == "key-\(end.rawValue)")
    }

    @Test func `limits are halved for all keys from the request on, and it goes its own way`() {
        var timeline = timeline(FaultRule(.init(nth: 2...2), .limits(0.5))) {
            $0.limits = .init(requestsPerMinute: 600, bucketDepth: .seconds(60))
        }
        #expect(timeline.ask(key: "a").rates.requests?.limit == 600)
        let second = timeline.ask(key: "a")
        #expect(second.status == 200 && second.fault?.name == "limits")
        #expect(second.rates.requests?.limit == 300)
        #expect(timeline.ask(key: "b").rates.requests?.limit == 300)
        #expect((0..<400).filter { _ in timeline.ask(key: "c").status == 200 }.count == 300)
    }

    @Test(arguments: [
        WindowModel.bucket(depth: .seconds(60)), .fixed, .sliding, .quanta(.seconds(1)),
    ])
    func `limits that every request scales stay numbers`(window: WindowModel) throws {
        for factor in [0.5, 2, 1e-300, 1e300] {
            var timeline = timeline(FaultRule(.limits(factor))) {
                $0.limits = .init(
                    requestsPerMinute: 600, tokensPerMinute: 1e15, requestsPerDay: 1e15, concurrency: .max,
                    window: window, dayWindow: window)
                $0.speed = 1e6
            }
            let verdicts = (0..<300).map { _ in
                // A second of the provider.
                timeline.wait(TimeSpan(nanoseconds: 1_000))
                return timeline.ask()
            }
            let waits = verdicts.compactMap { $0.refusal?.retryAfter }
            if factor > 1 {
                #expect(verdicts.allSatisfy { $0.status == 200 })
                // 10¹⁵ a million times, of a provider that lives a million times as fast.
                #expect(verdicts.last?.rates.tokens?.limit == .max)
            } else {
                #expect(waits.count > 100 && waits.allSatisfy { $0 > .zero })
            }
        }
    }

    @Test(arguments: [
        WindowModel.bucket(depth: .seconds(60)), .bucket(depth: .zero), .fixed, .sliding, .quanta(.seconds(1)),
    ])
    func `scaled limits let through what they announce, also when they are scaled back`(window: WindowModel) {
        func through(_ rules: FaultRule..., minutes: Int) -> (count: Int, announced: Int?) {
            var timeline = Timeline {
                $0.script = rules
                $0.limits = .init(requestsPerMinute: 10, window: window)
            }
            // The requests that scale the limits, and nothing of them in the count.
            for _ in rules {
                _ = timeline.ask()
                timeline.wait(.seconds(86_400))
            }
            var verdicts: [Verdict] = []
            for _ in 0..<minutes * 60 {
                verdicts.append(timeline.ask())
                timeline.wait(.seconds(1))
            }
            return (verdicts.count { $0.status == 200 }, verdicts.last?.rates.requests?.limit)
        }
        let (down, up) = (FaultRule(.init(nth: 1...1), .limits(0.01)), FaultRule(.init(nth: 2...2), .limits(100)))
        let few = through(down, minutes: 100)
        #expect((9...12).contains(few.count) && few.announced == 0, "\(few)")
        let again = through(down, up, minutes: 10)
        #expect((90...111).contains(again.count) && again.announced == 10, "\(again)")
    }

    @Test(
        arguments: [
            FaultRule(.init(rate: 1.5), .twice), FaultRule(.init(nth: 0...3), .twice),
            FaultRule(.init(prompt: ""), .twice), FaultRule(.twice, times: 0), FaultRule(.interim(0)),
            FaultRule(.error(Refusal(99, ""))), FaultRule(.stall(.after, nil)), FaultRule(.reset(.after)),
            FaultRule(.limits(0)), FaultRule(.drip(bytes: 0, every: .seconds(1))), FaultRule(.size(0)),
            FaultRule(Fault(.none, of: .usual(503))), FaultRule(Fault(.truncate(.json), of: Refusal(99, ""))),
            FaultRule(Fault(.none, headers: [.init("x", "a\r\nb: c")])),
        ])
    func `a rule out of range is refused`(rule: FaultRule) {
        var options = SimulatorOptions()
        options.script = [FaultRule(.twice), rule]
        let error = #expect(throws: SluiceError.self) { try options.validate() }
        #expect(error?.message == "rule 2 of the fault script has a number that is out of range")
        options.script.removeLast()
        #expect(throws: Never.self) { try options.validate() }
    }
}
