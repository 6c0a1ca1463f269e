/// A figure that is held to a bar: the worst of some seeds.
struct Check: Sendable {
    /// How it stands.
    enum Verdict: Sendable {
        case met, missed, failed
    }

    let measure: Measure
    let bar: Double
    let figure: Double
    let verdict: Verdict
    /// What to say about it; nil if it is met as it should be.
    let remark: String?

    /// - Parameter reproduction: The line that shows the figure again.
    init(_ scenario: String, _ measure: Measure, bar: Double, figure: Double, reproduction: String) {
        (self.measure, self.bar, self.figure) = (measure, bar, figure)
        let known = KnownMisses.figure(scenario, measure)
        let text = "\(measure.rawValue) \(measure.text(figure)), the bar is \(measure.text(bar))"
        if measure.meets(bar, figure) {
            verdict = .met
            remark = known.map { "\(text): met, the known miss of \(measure.text($0)) can go" }
        } else if let known, measure.meets(known, figure) {
            verdict = .missed
            remark = "\(text): a known miss of \(measure.text(known)): \(reproduction)"
        } else {
            verdict = .failed
            remark = "\(text): \(reproduction)"
        }
    }
}
