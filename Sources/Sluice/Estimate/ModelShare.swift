internal import SluiceCore
internal import SluiceProviders

/// What the rows of one model add up to.
struct ModelShare {
    let model: Model?
    var rows = 0
    /// Tokens of the prompts.
    var input = 0
    /// Tokens that the answers are expected to have.
    var output = 0
    var low = Money.zero
    var expected = Money.zero
    var high = Money.zero
    var batch = Money.zero
    /// How many bytes the bodies have in common at their beginning, and one of them.
    private var prefix: Bytes?

    init(_ model: Model?) {
        self.model = model
    }

    /// Adds a row with an estimate of its answer in tokens.
    mutating func add(input: Int, output: Estimate.Span<Int>, body: Bytes, at time: WallTime) {
        rows += 1
        self.input += input
        self.output += output.expected
        shrinkPrefix(body)
        guard let price = model?.price else { return }
        low += price.cost(of: Usage(input: input, output: output.low), at: time)
        expected += price.cost(of: Usage(input: input, output: output.expected), at: time)
        high += price.cost(of: Usage(input: input, output: output.high), at: time)
        batch += price.cost(of: Usage(input: input, output: output.expected), .batch, at: time)
    }

    /// Tokens of the common beginning, if the provider would keep it: OpenAI from 1024 on, others as the catalogue says.
    var prefixTokens: Int {
        let tokens = (prefix?.count ?? 0) / 4
        return rows > 1 && tokens >= model?.cacheMinimum ?? 1024 ? tokens : 0
    }

    /// What all rows but the first save by the cache.
    func saving(at time: WallTime) -> Money {
        guard prefixTokens > 0, let rates = model?.price?.rates(prompt: prefixTokens, at: time),
            let cached = rates.cached, cached < rates.input
        else { return .zero }
        return (rates.input - cached) * prefixTokens * (rows - 1)
    }

    private mutating func shrinkPrefix(_ body: Bytes) {
        guard let former = prefix else {
            prefix = body
            return
        }
        let common = former.withUnsafeBytes { left in
            body.withUnsafeBytes { right in
                var count = 0
                while count < left.count, count < right.count, left[count] == right[count] { count += 1 }
                return count
            }
        }
        if common < former.count { prefix = former[0..<common] }
    }
}
