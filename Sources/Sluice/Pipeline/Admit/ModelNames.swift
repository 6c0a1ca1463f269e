internal import SluiceScheduling

/// The numbers by which admission knows the models of a run; the run's own model is 0.
struct ModelNames: Sendable {
    /// Rows may name what they like; from so many models on the others share a number, and so their limits.
    private var most = 256
    private var numbers: [String: ModelIndex] = [:]
    /// The names by number; nil for the run's own model if it has none.
    private var names: [String?]

    init(_ options: RunOptions) {
        names = [options.asking.model]
        if let model = options.asking.model { numbers[model] = 0 }
    }

    /// The number of a model that the run's options name; it shares none, however many there are.
    mutating func add(_ model: String) -> ModelIndex {
        most = max(most, names.count + 1)
        return index(of: model)
    }

    /// The number of a model; a new one gets the next.
    mutating func index(of model: String) -> ModelIndex {
        if let known = numbers[model] { return known }
        guard names.count < most else { return most }
        numbers[model] = names.count
        names.append(model)
        return names.count - 1
    }

    /// How many models have a number of their own.
    var count: Int { names.count }

    /// The name of a model; empty for those that share a number.
    func name(of index: ModelIndex) -> String { index < names.count ? names[index] ?? "" : "" }
}
