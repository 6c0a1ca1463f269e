#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs the table of scenarios, holds each to its bars, and prints a line for each; see ``Options``.
@main
struct BenchScheduling {
    static func main() async {
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            print(Options.usage)
            exit(64)
        }
        if options.comparesPeers {
            print(Comparison.text(isMarkdown: options.isMarkdown))
            exit(0)
        }
        let scenarios = Scenarios.all.filter { options.scenario == nil || $0.name == options.scenario }
        let sharing = SharingScenario.all.filter { options.scenario == nil || $0.name == options.scenario }
        guard !scenarios.isEmpty || !sharing.isEmpty else {
            print("no scenario '\(options.scenario ?? "")'; there are \(names)")
            exit(64)
        }
        let began = wallSeconds()
        let results = await Runs.run(scenarios, sharing, seed: options.seed, threads: options.threads)
        let took = wallSeconds() - began
        let report = Report(scenarios, results.outcomes, results.sharing, options, seconds: took)
        print(options.isMarkdown ? report.markdown : report.text)
        exit(report.isGood ? 0 : 1)
    }

    private static var names: String {
        (Scenarios.all.map(\.name) + SharingScenario.all.map(\.name)).map { "'\($0)'" }.joined(separator: ", ")
    }

    private static func wallSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
