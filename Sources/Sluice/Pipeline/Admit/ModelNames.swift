internal import SluiceScheduling

/// The numbers by which admission knows the models of a run; the run's own model is 0.
struct ModelNames: Sendable {
    /// Rows may name what they like; from so many models on the others share a number, and so their limits.
    private static let most = 256
    private var numbers: [String: ModelIndex] = [:]
    private var count = 1

    init(_ options: RunOptions) {
        if let model = options.asking.model { numbers[model] = 0 }
    }

    /// The number of a model; a new one gets the next.
    mutating func index(of model: String) -> ModelIndex {
        if let known = numbers[model] { return known }
        guard count < Self.most else { return Self.most }
        numbers[model] = count
        count += 1
        return count - 1
    }
}
