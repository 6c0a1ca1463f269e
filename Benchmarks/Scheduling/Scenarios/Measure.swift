/// What the result of a scenario is measured by; each seed for itself is held to the bar.
enum Measure: String, CaseIterable, Sendable {
    /// The share of the scarce limit that was used in the middle half of the run, of what can be used of it at all.
    case use
    /// The same of the key that was used least.
    case leastKeyUse = "least key"
    /// The time over the least that any client needs.
    case makespan = "time/bound"
    /// Refusals in a thousand sends; those by chance, which no client can avoid, left out.
    case refusals = "refused/1,000"
    /// The same after the first minute.
    case lateRefusals = "late refused/1,000"
    /// Seconds after a limit changed until a minute follows with 95 % of the new limit and at most 20 refusals in a thousand.
    case recovery = "recovered after s"
    /// Sends over rows.
    case sends = "sends/row"
    /// The most requests that arrive in any second after an outage, over what the limits allow.
    case peak
    /// What is lost when a key dies, beyond its share, of all that is answered in a minute.
    case loss = "loss beyond share"
    /// The longest wait of a request, over twice the time that what is before it takes, and its allowance; see ``Patience``.
    case wait = "wait/allowed"
    /// The longest that a request had its turn and did not go, over twice the time in which its tokens flow in.
    case turn = "turn/(2 x refill)"
    /// The longest that nothing was sent while something waited, in seconds.
    case pause = "pause s"
    /// What was spent of the money that may be spent.
    case spent = "budget spent"
    /// The least use that was made of a whole day's limit.
    case dayUse = "day used"
    /// The largest change of the concurrency in a run's last third, over its largest.
    case swing
    /// Nanoseconds that a decision takes.
    case decision = "ns/decision"

    /// Whether more is better.
    var isFloor: Bool {
        switch self {
        case .use, .leastKeyUse, .spent, .dayUse: true
        default: false
        }
    }

    /// Whether a figure meets a bar.
    func meets(_ bar: Double, _ figure: Double) -> Bool {
        // Rounding apart.
        isFloor ? figure >= bar - 1e-9 : figure <= bar + 1e-9
    }

    /// The worse one of two figures.
    func worse(_ left: Double, _ right: Double) -> Double {
        // What is no number is worst.
        guard left == left, right == right else { return .nan }
        return isFloor ? min(left, right) : max(left, right)
    }

    /// How a figure is written.
    func text(_ figure: Double) -> String {
        switch self {
        case .use, .leastKeyUse, .loss, .spent, .dayUse, .swing: Figure.text(figure * 100, 1) + " %"
        case .makespan, .sends, .peak, .turn, .wait, .pause: Figure.text(figure, 3)
        case .refusals, .lateRefusals: Figure.text(figure, 2)
        case .recovery, .decision: Figure.text(figure, 0)
        }
    }
}
