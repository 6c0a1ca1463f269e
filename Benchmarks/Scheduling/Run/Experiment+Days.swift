import SluiceCore
import SluiceScheduling

/// Limits per day, which are counted outside admission.
extension Experiment {
    /// Has a part of a day counted; the answer comes after a write to a disk.
    mutating func reserve(_ demand: DayDemand) {
        reservations.append(demand)
        schedule(0.002, Int32(reservations.count - 1), .reserved)
    }

    /// Hands out what was asked for.
    mutating func handOut(_ place: Int) {
        let demand = reservations[place]
        let moment = seconds
        guard let part = days?.take(demand, scenario.keys[demand.account].told, at: moment) else { return }
        send(.reserved(part))
    }

    /// Counts what a day's limit is about.
    mutating func count(_ kind: DayKind, _ amount: Double, _ grant: Grant) {
        guard let exceeded = dayWitness?.count(kind, amount, key: grant.account, sentAt: grant.sentAt) else { return }
        violate("the \(exceeded) of a day of key \(grant.account) are exceeded at \(seconds) s")
    }
}
