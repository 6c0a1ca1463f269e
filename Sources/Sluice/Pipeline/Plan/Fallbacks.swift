/// The models that step in for others, by what the run and its configuration say.
struct Fallbacks: Sendable {
    /// Every one of them, in the order of their numbers.
    private(set) var all: [Fallback] = []
    private var usual: Fallback?
    private var chains: [String: (first: String, rest: Fallback?)] = [:]

    init(_ asking: Asking) {
        let last = asking.fallbacks.flatMap { asking.chains[$0] ?? [$0] }
        usual = add(last)
        for (name, models) in asking.chains.sorted(by: { $0.key < $1.key }) {
            guard let first = models.first else { continue }
            chains[name] = (first, add(models.dropFirst() + last.filter { !models.contains($0) }))
        }
    }

    private mutating func add(_ models: [String]) -> Fallback? {
        var next: Fallback?
        for model in models.reversed() {
            let fallback = Fallback(model, number: all.count + 1, next: next)
            all.append(fallback)
            next = fallback
        }
        return next
    }

    /// The model that is asked for a name, and the one that steps in for it.
    func start(_ name: String) -> (model: String, fallback: Fallback?) {
        guard !all.isEmpty else { return (name, nil) }
        let chain = chains[name] ?? (name, usual)
        return (chain.first, chain.rest?.other(than: chain.first))
    }
}
