package import SluiceCore

/// Finds out by a trial whether a few refusals among many answers come from the load or by chance.
///
/// So many refusals are waited for; then as many requests go again, a tenth slower. If refusals go on, they have
/// nothing to do with the load, and their share is remembered: only twice as many are worth another trial. If they stop,
/// what was accepted before the trial is the limit itself, as a limit lets through exactly what it allows.
package struct LoadTrial: Sendable {
    /// What is to be done.
    package enum Step: Sendable, Equatable {
        case goOn
        /// Go at no more than so many requests per second.
        case slowDown(to: Double)
        /// The refusals were chance: go on as before the trial.
        case wasChance
        /// The refusals were the load: the limit is so many requests per second.
        case wasLoad(limit: Double)
    }

    private enum Phase: Sendable {
        case watching
        case slowed(requests: Int, accepted: Double)
    }

    /// Enough that none in as many requests again is no accident: once in 400 times.
    private static let quorum = 6
    private static let slower = 0.9
    /// How much more may come by chance than a trial has shown.
    private static let trust = 1.5
    private var phase = Phase.watching
    private var first: (number: Int, at: Instant)?
    /// The highest number refused since: refusals do not arrive in the order of sends.
    private var highest = 0
    private var refusals = 0
    /// How many were refused for a cause that is known.
    private var explained = 0
    /// The share of refusals by chance that the last trial has shown.
    private var shown = 0.0 {
        didSet { chance = shown }
    }
    /// What it is by the refusals since.
    private var chance = 0.0

    /// A trial that has not begun.
    package init() {}

    /// Takes note of a refusal whose cause is known: it says nothing of chance, but was not accepted either.
    package mutating func discount() { explained += 1 }

    /// Takes a refusal, not one of an episode, of the request of this number, from 1 in the order of sends.
    package mutating func refuse(number: Int, now: Instant) -> Step {
        guard let first, number > first.number else {
            if first == nil { begin(number, now) }
            return .goOn
        }
        refusals += 1
        highest = max(highest, number)
        let requests = highest - first.number
        switch phase {
        case .watching:
            guard refusals >= (chance > 0 ? 2 : 1) * Self.quorum else { return .goOn }
            let share = Double(refusals) / Double(requests)
            let seconds = max(1e-3, (now - first.at).seconds)
            let passed = Double(requests) * (1 - share) - Double(explained)
            begin(highest, now)
            guard share > 2 * chance else {
                // The share of late says more than a trial of few refusals. But what follows it anywhere would follow a
                // load that creeps above the limit as well.
                chance = min((chance + share) / 2, Self.trust * shown)
                return .goOn
            }
            // Where nothing was accepted there is no pace to try.
            guard passed > 0 else { return .goOn }
            let accepted = passed / seconds
            phase = .slowed(requests: requests, accepted: accepted)
            return .slowDown(to: accepted * Self.slower)
        case .slowed(let most, _):
            guard refusals * 3 >= Self.quorum, requests * 3 >= most else { return .goOn }
            shown = Double(refusals) / Double(requests)
            phase = .watching
            begin(highest, now)
            return .wasChance
        }
    }

    /// Takes note that a request goes; it may be the last one of a trial.
    package mutating func take(number: Int, now: Instant) -> Step {
        guard case .slowed(let requests, let accepted) = phase, let first, number - first.number >= requests else {
            return .goOn
        }
        let isChance = refusals * 3 >= Self.quorum
        shown = isChance ? Double(refusals) / Double(requests) : 0
        phase = .watching
        self.first = nil
        (refusals, explained) = (0, 0)
        return isChance ? .wasChance : .wasLoad(limit: accepted)
    }

    /// Begins anew after an episode of refusals.
    package mutating func clear() {
        phase = .watching
        first = nil
        (refusals, explained) = (0, 0)
    }

    private mutating func begin(_ number: Int, _ now: Instant) {
        first = (number, now)
        highest = number
        (refusals, explained) = (0, 0)
    }
}
