import SluiceCore

/// What answers show of a server's throughput.
///
/// By Little's law (<https://doi.org/10.1287/opre.9.3.383>) as many tokens are written in a second as requests are in
/// flight times the tokens that each gets in a second, Σ tokens ÷ Σ time. That ratio is worth far more than a count of
/// what came in: a long answer adds to both sums, so that neither lengths nor where a window ends disturb it. Where the
/// time of an answer does not follow its length, answers per second, n ÷ Σ time, are the more exact measure.
struct Throughput: Sendable {
    /// How much larger one throughput is than another, and how far off that may be.
    struct Ratio: Sendable, Equatable {
        /// 1 if they are the same.
        let value: Double
        /// The standard error of the value, relative to it.
        let error: Double
    }

    private struct Sums {
        var work = 0.0
        var squares = 0.0
        var products = 0.0

        mutating func add(_ amount: Double, seconds: Double) {
            work += amount
            squares += amount * amount
            products += amount * seconds
        }

        /// The relative variance of Σ work ÷ Σ time, from how far each answer is off it
        /// (Cochran: "Sampling Techniques", 1977, section 6.4).
        func variance(_ count: Double, seconds: Double, secondsSquared: Double) -> Double {
            guard count > 1, work > 0, seconds > 0 else { return .infinity }
            let speed = work / seconds
            let rest = max(0, squares - 2 * speed * products + speed * speed * secondsSquared)
            return rest / (work * work) * count / (count - 1)
        }
    }

    private(set) var count = 0.0
    private var seconds = 0.0
    private var secondsSquared = 0.0
    private var tokens = Sums()
    private var answers = Sums()
    /// Answers that did not say how long they are.
    private var untold = 0.0
    /// Requests in flight, times seconds.
    private var area = 0.0
    private var span = 0.0

    /// Takes note of a request that ended: an answer of so many tokens, nil if it did not say, or a failure.
    mutating func add(tokens written: Int?, isAnswer: Bool, seconds time: Double) {
        count += 1
        seconds += time
        secondsSquared += time * time
        if isAnswer, written == nil { untold += 1 }
        tokens.add(Double(written ?? 0), seconds: time)
        answers.add(isAnswer ? 1 : 0, seconds: time)
    }

    /// Takes note that so many requests were in flight for a time.
    mutating func pass(inFlight: Int, seconds time: Double) {
        area += Double(inFlight) * time
        span += time
    }

    /// Requests in flight, on average.
    var concurrency: Double { span > 0 ? area / span : 0 }

    private var hasTokens: Bool { untold <= count / 10 }

    /// How many requests were answered in a second.
    var answersPerSecond: Double { seconds > 0 ? concurrency * answers.work / seconds : 0 }

    /// How much larger it is than another, by the measure that is more exact for both; nil if nothing was answered.
    func ratio(to other: Throughput) -> Ratio? {
        let byTokens = hasTokens && other.hasTokens ? ratio(to: other, \.tokens) : nil
        guard let byAnswers = ratio(to: other, \.answers) else { return byTokens }
        guard let byTokens, byTokens.error <= byAnswers.error else { return byAnswers }
        return byTokens
    }

    private func ratio(to other: Throughput, _ measure: KeyPath<Throughput, Sums>) -> Ratio? {
        let (mine, its) = (self[keyPath: measure], other[keyPath: measure])
        guard its.work > 0, seconds > 0, concurrency > 0, other.concurrency > 0 else { return nil }
        let value = concurrency * mine.work / seconds * other.seconds / (other.concurrency * its.work)
        let variance =
            mine.variance(count, seconds: seconds, secondsSquared: secondsSquared)
            + its.variance(other.count, seconds: other.seconds, secondsSquared: other.secondsSquared)
        return Ratio(value: value, error: variance.squareRoot())
    }
}
