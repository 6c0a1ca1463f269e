package import SluiceCore

/// Tells refusals that come by chance from those that the load causes, by how closely they follow each other.
///
/// A cumulative sum test (E. S. Page: "Continuous inspection schemes", Biometrika 41, 1954): each refusal adds one,
/// each request between two of them takes off a tenth. Where more than a tenth is refused the sum grows without
/// bound; where it is 3 % it hardly ever exceeds the threshold. Requests are counted in the order of their sends, as
/// refusals are faster than answers.
package struct RefusalTest: Sendable {
    private static let tolerated = 0.1
    /// Two of three that follow each other, as long as no refusal has ever come by chance.
    private static let atFirst = 1.75
    private static let later = 5.5
    /// So many by chance say that more are to be expected.
    private static let seasoned = 3
    /// Two at first: where little has been accepted yet, one refusal is enough.
    private var sum = 2.0
    private var last = 0
    /// A test without refusals so far.
    package init() {}

    /// The refusals that the sum is made of, by the moments of their sends.
    package private(set) var pending: [Instant] = []
    /// Those that have just turned out to have come by chance.
    package private(set) var forgiven: [Instant] = []
    /// How many came by chance.
    package private(set) var strays = 0

    /// Whether refusals by chance are nothing new.
    package var isSeasoned: Bool { strays >= Self.seasoned }

    /// Takes a refusal of the request of this number, from 1 in the order of sends; returns whether it is the load.
    package mutating func refuse(number: Int, sentAt: Instant) -> Bool {
        sum = max(0, sum - Double(max(0, number - last - 1)) * Self.tolerated)
        last = max(last, number)
        forgiven.removeAll(keepingCapacity: true)
        if sum == 0 {
            strays += pending.count
            swap(&forgiven, &pending)
        }
        pending.append(sentAt)
        sum += 1
        return sum > (isSeasoned ? Self.later : Self.atFirst)
    }

    /// Forgets that refusals came by chance: they were the load.
    package mutating func unlearn() { strays = 0 }

    /// Begins anew after an episode of refusals that the load caused.
    package mutating func clear() {
        sum = 1
        pending.removeAll(keepingCapacity: true)
    }
}
