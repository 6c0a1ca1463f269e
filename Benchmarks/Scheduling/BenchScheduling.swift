import SluiceCore
import SluiceScheduling

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `BenchScheduling [--part I/N] [--scenario NAME] [--seed S] [--peers]`: runs the table of scenarios and prints a line for each.
@main
struct BenchScheduling {
    static func main() {
        var part = (1, 1)
        var only: String?
        var seed: UInt64?
        var arguments = CommandLine.arguments.dropFirst()
        while let flag = arguments.popFirst() {
            let value = arguments.popFirst() ?? ""
            switch flag {
            case "--part":
                let numbers = value.split(separator: "/").compactMap { Int($0) }
                if numbers.count == 2 { part = (numbers[0], numbers[1]) }
            case "--peers":
                Comparison.print()
                exit(0)
            case "--scenario": only = value
            case "--seed": seed = UInt64(value)
            default:
                print("usage: BenchScheduling [--part I/N] [--scenario NAME] [--seed S] [--peers]")
                exit(64)
            }
        }
        var isGood = true
        var requests = 0
        let began = cpuSeconds()
        for (index, scenario) in Scenarios.all.enumerated() where only == nil || scenario.name == only {
            // Halves of the seeds rather than of the scenarios, so that both parts take the same time.
            let seeds =
                seed.map { [$0] } ?? (1...UInt64(scenario.seeds)).filter { (Int($0) + index) % part.1 == part.0 - 1 }
            guard !seeds.isEmpty else { continue }
            let report = Summary(scenario, seeds: seeds)
            requests += report.sends
            isGood = isGood && report.isGood
            print(report.line)
            for problem in report.problems { print("  \(problem)") }
        }
        let spent = cpuSeconds() - began
        for (index, scenario) in SharingScenario.all.enumerated() where only == nil || scenario.name == only {
            guard index % part.1 == part.0 - 1 else { continue }
            let report = SharingSummary(scenario, seeds: seed.map { [$0] } ?? [1, 2, 3, 4])
            isGood = isGood && report.isGood
            print(report.line)
        }
        if only == nil, part.0 == 1 { isGood = printCost() && isGood }
        if only == nil {
            print(
                "\(requests) requests, \(Summary.fixed(spent, 1)) s of CPU, "
                    + "\(Summary.fixed(spent / Double(max(1, requests)) * 1e6, 2)) µs each with the simulated provider")
        }
        exit(isGood ? 0 : 1)
    }

    /// What a decision costs; returns whether it is below the bar.
    private static func printCost() -> Bool {
        let rates = Limits(requestsPerMinute: 60_000, tokensPerMinute: 60e6)
        let plain = DecisionCost.measure(Limits(), keys: 1)
        let several = DecisionCost.measure(rates, keys: 64)
        print(
            "\(several <= 3000 ? "ok  " : "FAIL") a decision with 10,000 in flight: \(Summary.fixed(plain, 0)) ns "
                + "with one key and no limit, \(Summary.fixed(several, 0)) ns with 64 keys and their limits")
        return several <= 3000
    }

    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
