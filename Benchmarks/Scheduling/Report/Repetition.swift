/// Whether the same seed gives the same run.
enum Repetition {
    /// Runs the smallest of the runs with chance in it once more.
    static func check(_ outcomes: [[Outcome]], _ scenarios: [Scenario]) -> (isGood: Bool, line: String) {
        let candidates = zip(scenarios, outcomes).filter { $0.0.faults.serverErrors > 0 || $0.0.faults.strays > 0 }
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
