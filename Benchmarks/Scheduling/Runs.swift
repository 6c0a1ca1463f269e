#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The runs of the table, on several threads.
enum Runs {
    /// A scenario with one seed, or one of those that look for a concurrency.
    private enum Job: Sendable {
        case plain(Int, UInt64)
        case sharing(Int)
    }

    private enum Result: Sendable {
        case plain(Int, Outcome)
        case sharing(Int, SharingSummary)
    }

    /// Runs scenarios with their seeds, or all of them with one seed; the results come in the order of the table.
    static func run(
        _ scenarios: [Scenario], _ sharing: [SharingScenario], seed: UInt64?, threads: Int
    ) async -> (outcomes: [[Outcome]], sharing: [SharingSummary]) {
        var jobs: [Job] = sharing.indices.map { .sharing($0) }
        // The largest first, so that all threads end together.
        for index in scenarios.indices.sorted(by: { scenarios[$0].rows > scenarios[$1].rows }) {
            jobs += (seed.map { [$0] } ?? Array(1...UInt64(scenarios[index].seeds))).map { .plain(index, $0) }
        }
        jobs.reverse()
        return await withTaskGroup(of: Result.self) { group in
            func next() {
                guard let job = jobs.popLast() else { return }
                group.addTask {
                    switch job {
                    case .plain(let index, let seed): .plain(index, outcome(scenarios[index], seed: seed))
                    case .sharing(let index): .sharing(index, SharingSummary(sharing[index], seed: seed))
                    }
                }
            }
            for _ in 0..<threads { next() }
            var outcomes = scenarios.map { _ in [Outcome]() }
            var summaries: [(Int, SharingSummary)] = []
            for await result in group {
                next()
                switch result {
                case .plain(let index, let outcome): outcomes[index].append(outcome)
                case .sharing(let index, let summary): summaries.append((index, summary))
                }
            }
            return (
                outcomes.map { $0.sorted { $0.seed < $1.seed } },
                summaries.sorted { $0.0 < $1.0 }.map(\.1)
            )
        }
    }

    /// One run.
    static func outcome(_ scenario: Scenario, seed: UInt64) -> Outcome {
        let began = threadSeconds()
        var experiment = Experiment(scenario, seed: seed)
        experiment.run()
        experiment.result.cpu = threadSeconds() - began
        return experiment.result
    }

    private static func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
