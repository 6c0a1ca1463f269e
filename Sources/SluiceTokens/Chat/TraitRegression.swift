/// The tokens of prompts by their traits, learned from what the provider counted: ridge regression.
///
/// Each prompt is weighed by its length, since longer ones vary more; what is not known from prompts stays near a
/// guess. Bayesian linear regression with a Gaussian prior (C. Bishop, Pattern Recognition and Machine Learning, 3.3):
/// weights = (XᵀX + Λ)⁻¹ (Xᵀy + Λ·guess).
struct TraitRegression: Sendable, Equatable {
    /// Tokens for each trait before anything is known, and how far off that may be (the standard deviation).
    private static let guess = [0.8, 0.05, 0.1, 0.2, 0.3, 3.5]
    private static let doubt = [0.4, 0.125, 0.25, 0.5, 0.7, 2]
    private static let size = guess.count

    /// XᵀX + Λ, row by row, and Xᵀy + Λ·guess.
    private var squares: [Double]
    private var products: [Double]
    private var weights = Self.guess

    init() {
        squares = [Double](repeating: 0, count: Self.size * Self.size)
        products = [Double](repeating: 0, count: Self.size)
        for i in 0..<Self.size {
            let precision = 1 / (Self.doubt[i] * Self.doubt[i])
            squares[i * Self.size + i] = precision
            products[i] = precision * Self.guess[i]
        }
    }

    /// Takes in a prompt that the provider has counted.
    mutating func observe(_ traits: PromptTraits, counted: Int) {
        let numbers = traits.numbers
        let weight = 1 / max(1, zip(numbers, Self.guess).reduce(0) { $0 + $1.0 * $1.1 })
        let counted = Double(counted - traits.others)
        for i in 0..<Self.size {
            products[i] += weight * numbers[i] * counted
            for j in 0..<Self.size { squares[i * Self.size + j] += weight * numbers[i] * numbers[j] }
        }
        weights = solved()
    }

    /// The tokens of a prompt.
    func tokens(_ traits: PromptTraits) -> Double {
        Double(traits.others) + max(0, zip(traits.numbers, weights).reduce(0) { $0 + $1.0 * $1.1 })
    }

    /// The weights, by Cholesky's decomposition; the prior makes the matrix positive definite.
    private func solved() -> [Double] {
        let size = Self.size
        var root = [Double](repeating: 0, count: size * size)
        for i in 0..<size {
            for j in 0...i {
                var sum = squares[i * size + j]
                for k in 0..<j { sum -= root[i * size + k] * root[j * size + k] }
                root[i * size + j] = i == j ? sum.squareRoot() : sum / root[j * size + j]
            }
        }
        var solution = products
        for i in 0..<size {
            for k in 0..<i { solution[i] -= root[i * size + k] * solution[k] }
            solution[i] /= root[i * size + i]
        }
        for i in (0..<size).reversed() {
            for k in i + 1..<size { solution[i] -= root[k * size + i] * solution[k] }
            solution[i] /= root[i * size + i]
        }
        return solution
    }
}
