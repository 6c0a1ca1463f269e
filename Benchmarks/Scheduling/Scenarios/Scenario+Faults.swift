import SluiceCore
import SluiceScheduling

extension Scenario.Faults {
    /// Whether everything is answered with an error now.
    func isBursting(at now: Double) -> Bool { burst > 0 && now.truncatingRemainder(dividingBy: 300) >= 300 - burst }

    /// What a reply tells of the requests per minute.
    func told(key: Scenario.Key, _ counter: Counter, at now: Double) -> ToldLimits? {
        guard let skew, let limit = key.truth.requestsPerMinute else { return nil }
        var told = ToldLimits()
        let left = counter.left(at: now)
        told.requests = ToldLimits.Reading(
            limit: limit, remaining: left.rounded(.down),
            reset: .seconds(max(0, (limit - left) / limit * 60 + skew)), isPerMinute: true)
        return told
    }
}
