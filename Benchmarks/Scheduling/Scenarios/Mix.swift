import SluiceCore
import SluiceScheduling

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the rows of a scenario are like: log-normal sizes, a cap on the answer, now and then a giant.
struct Mix: Sendable {
    var input = 400.0
    var output = 414.0
    var sigma = 0.6
    var maxOutput = 2048
    var giants = 0.0
    var giant = 60_000
    /// Time to first token, in seconds, and tokens per second after it.
    var firstToken = 0.4
    var tokensPerSecond = 80.0
    /// By how much travel times vary, in seconds.
    var jitter = 0.002

    /// One row.
    struct Row {
        var input: Int
        var output: Int
        var latency: Double
    }

    func row(using random: inout SplitMix64) -> Row {
        let pair = Self.normals(using: &random)
        var input = max(1, Int(self.input * exp(sigma * pair.0 - sigma * sigma / 2)))
        if giants > 0, random.unit() < giants { input = giant }
        let output = min(maxOutput, max(1, Int(self.output * exp(sigma * pair.1 - sigma * sigma / 2))))
        let tail = exp(0.3 * (random.unit() - 0.5))
        return Row(input: input, output: output, latency: firstToken * tail + Double(output) / tokensPerSecond * tail)
    }

    /// Two independent normal numbers by Box and Muller's transform.
    private static func normals(using random: inout SplitMix64) -> (Double, Double) {
        let radius = (-2 * log(1 - random.unit())).squareRoot()
        let angle = 2 * Double.pi * random.unit()
        return (radius * cos(angle), radius * sin(angle))
    }
}
