/// How long answers were: their mean and spread in one pass.
struct AnswerLengths {
    /// So many answers say enough about those to come.
    private static let enough = 30

    private(set) var samples = 0
    /// In tokens.
    private(set) var mean = 0.0
    private var squares = 0.0

    /// Whether there were enough of them to tell the next ones.
    var sayEnough: Bool { samples >= Self.enough }

    /// The spread, as the standard deviation in tokens.
    var deviation: Double { samples > 1 ? (squares / Double(samples - 1)).squareRoot() : 0 }

    /// Adds an answer, in Welford's way to a variance.
    mutating func add(_ tokens: Int) {
        samples += 1
        let distance = Double(tokens) - mean
        mean += distance / Double(samples)
        squares += distance * (Double(tokens) - mean)
    }
}
