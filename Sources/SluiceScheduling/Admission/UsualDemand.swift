/// The moving mean of what requests cost.
struct UsualDemand: Sendable {
    private static let memory = 32.0
    private var input = 0.0
    private var output = 0.0
    private var maxOutput = 0.0
    private var count = 0.0
    private var told = 0.0

    /// Takes a request into account; the mean if it has changed by more than a tenth since it was last told.
    mutating func add(_ demand: TokenDemand) -> TokenDemand? {
        count = min(count + 1, Self.memory)
        input += (Double(demand.expected.input) - input) / count
        output += (Double(demand.expected.output) - output) / count
        maxOutput += (Double(demand.maxOutput ?? demand.expected.output) - maxOutput) / count
        let sum = input + max(output, maxOutput)
        guard abs(sum - told) > told / 10 else { return nil }
        told = sum
        return TokenDemand(input: Int(input), output: Int(output), maxOutput: Int(maxOutput))
    }
}
