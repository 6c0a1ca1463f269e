/// The mean length of the answers so far, in tokens.
struct MeanOutput: Sendable {
    private var mean = 0.0
    private var samples = 0

    /// Takes the next answer into account; recent ones weigh more.
    mutating func add(_ tokens: Int) {
        samples += 1
        mean += (Double(tokens) - mean) / Double(min(samples, 200))
    }

    /// What to reserve for an answer: the cap or 500 until 30 answers are known, then their mean.
    func expected(cap: Int?) -> Int {
        samples < 30 ? min(cap ?? 500, 500) : min(cap ?? .max, Int(mean.rounded(.up)))
    }
}
