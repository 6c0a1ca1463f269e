/// Whether the same seed gives the same run.
enum Repetition {
    /// Runs the smallest of the runs in which admission itself throws dice, or of all, once more.
    static func check(_ outcomes: [[Outcome]], _ scenarios: [Scenario]) -> (isGood: Bool, line: String) {
        let all = Array(zip(scenarios, outcomes))
        // Rests after refusals without a hint are jittered.
        let dicing = all.filter { !$0.0.faults.saysRetryAfter }
        let candidates = dicing.isEmpty ? all : dicing
        guard let (scenario, results) = candidates.min(by: { $0.0.rows < $1.0.rows }), let first = results.first else {
            return (false, "FAIL nothing to repeat")
        }
        let again = Runs.outcome(scenario, seed: first.seed)
        let isSame = again.trace == first.trace && again.sends == first.sends && again.figures == first.figures
        return (
            isSame,
            "\(isSame ? "ok  " : "FAIL") the same seed, the same trace: \(String(first.trace, radix: 16)) and "
                + "\(String(again.trace, radix: 16)): \(scenario.reproduction(first.seed))"
        )
    }
}
