/// The least time that any client needs without a burst at the start: what there is to do over what flows in, with keys
/// that die, limits that change and outages.
struct FluidBound {
    /// From a moment on, so much of a limit is there; in order.
    private var edges: [(at: Double, share: Double)]

    /// - Parameter rate: What a key allows per second; infinite without such a limit.
    init(_ scenario: Scenario, rate: (Truth) -> Double) {
        var moments = [0.0]
        if let change = scenario.faults.change { moments.append(change.at) }
        if let outage = scenario.faults.outage { moments += [outage.lowerBound, outage.upperBound] }
        moments += scenario.keys.compactMap(\.dies)
        edges = moments.sorted().map { moment in
            var sum = 0.0
            for index in scenario.keys.indices {
                let key = scenario.keys[index]
                guard (key.counter ?? index) == index, key.dies ?? .infinity > moment else { continue }
                sum += rate(key.truth)
            }
            if let change = scenario.faults.change, moment >= change.at { sum *= change.factor }
            if let outage = scenario.faults.outage, outage.lowerBound <= moment, moment < outage.upperBound { sum = 0 }
            return (moment, sum)
        }
    }

    /// What may be used between two moments.
    func supply(_ from: Double, _ to: Double) -> Double {
        var sum = 0.0
        for (index, edge) in edges.enumerated() {
            let end = index + 1 < edges.count ? edges[index + 1].at : .infinity
            let length = min(end, to) - max(edge.at, from)
            if length > 0, edge.share > 0 { sum += length * edge.share }
        }
        return sum
    }

    /// When so much has flown in.
    func time(of demand: Double) -> Double {
        var left = demand
        for (index, edge) in edges.enumerated() {
            let end = index + 1 < edges.count ? edges[index + 1].at : .infinity
            if edge.share > 0, left <= edge.share * (end - edge.at) { return edge.at + left / edge.share }
            left -= edge.share > 0 ? edge.share * (end - edge.at) : 0
        }
        return .infinity
    }
}
