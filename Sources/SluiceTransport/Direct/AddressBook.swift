package import SluiceCore

/// The addresses of a name: in which order a new connection tries them.
///
/// Pure; time is an argument. A name is looked up now and then, not for each of ten thousand connections. Connections
/// take turns among the addresses of the first family, as the names of clusters expect, and an address that did not
/// answer is left for last for a while.
package struct AddressBook<Address: Hashable> {
    /// An address and its family: a connection turns to another family only when the first does not answer.
    package struct Entry: Equatable {
        package let address: Address
        package let family: Int

        package init(address: Address, family: Int) {
            self.address = address
            self.family = family
        }
    }

    private static var grudge: TimeSpan { .seconds(30) }

    /// How long what a look-up found is taken for true.
    private let freshness: TimeSpan
    private var entries: [Entry] = []
    private var lookedUp: Instant?
    private var failed: [Address: Instant] = [:]
    private var turn = 0

    /// Nothing is known yet.
    package init(freshness: TimeSpan = .seconds(30)) { self.freshness = freshness }

    /// Whether nothing is known of the name.
    package var isEmpty: Bool { entries.isEmpty }

    /// Whether the name should be looked up (again).
    package func isStale(_ now: Instant) -> Bool {
        guard let lookedUp else { return true }
        return now - lookedUp >= freshness
    }

    /// Takes what a look-up found.
    package mutating func found(_ entries: [Entry], at now: Instant) {
        self.entries = entries
        lookedUp = now
        let known = Set(entries.map(\.address))
        failed = failed.filter { known.contains($0.key) }
    }

    /// An address did not answer.
    package mutating func failed(_ address: Address, at now: Instant) { failed[address] = now }

    /// An address answered.
    package mutating func answered(_ address: Address) {
        if !failed.isEmpty { failed[address] = nil }
    }

    /// The addresses for the next connection, best first.
    package mutating func order(_ now: Instant) -> [Address] {
        let failed = self.failed
        let isBad = { (entry: Entry) in failed[entry.address].map { now - $0 < Self.grudge } ?? false }
        let good = entries.filter { !isBad($0) }
        let first = good.filter { $0.family == good.first?.family }
        guard !first.isEmpty else { return entries.map(\.address) }
        turn = (turn + 1) % first.count
        let turned = first[turn...] + first[..<turn]
        let others = good.filter { $0.family != first[0].family } + entries.filter(isBad)
        return (turned + others).map(\.address)
    }
}
