internal import SluiceCore

/// The accounts of a run with all keys that they have had.
///
/// Grants, counters and prices name accounts and keys by their places, so a place is never given to another.
struct Roster: Sendable {
    /// Every account with every key.
    private(set) var accounts: [Account]
    /// Whether each of the keys may be used; an account without keys has one element.
    private(set) var isLive: [[Bool]]

    init(_ accounts: [Account]) {
        self.accounts = accounts
        isLive = accounts.map { [Bool](repeating: true, count: max(1, $0.keys.count)) }
    }

    /// How many keys may be used.
    var live: Int { isLive.reduce(0) { $0 + $1.count(where: \.self) } }

    /// The accounts that have a key which may be used, with these keys only.
    var inUse: [Account] {
        zip(accounts, isLive).compactMap { account, isLive in
            guard isLive.contains(true) else { return nil }
            var account = account
            account.keys = zip(account.keys, isLive).filter(\.1).map(\.0)
            return account
        }
    }

    /// Takes over the accounts as they are written down now.
    ///
    /// An account is known by a key of its own, else by a name that somebody gave it, at the same address; of one that is
    /// known only the keys are taken over. One that is only numbered is another one when it has other keys: what was
    /// learned of the old keys, and that their day is used up, is not true of it.
    /// - Parameter mayJoin: Whether an account that is not known may be used by this run.
    /// - Returns: Those that may not.
    mutating func take(_ found: [Account], mayJoin: (Account) -> Bool) -> [Account] {
        var free = Set(accounts.indices)
        var places = [Int?](repeating: nil, count: found.count)
        for rule in [Self.sharesKey, Self.hasName] {
            for (index, account) in found.enumerated() where places[index] == nil {
                guard let place = free.sorted().first(where: { rule(accounts[$0], account) }) else { continue }
                places[index] = place
                free.remove(place)
            }
        }
        for place in free { isLive[place] = isLive[place].map { _ in false } }
        var refused: [Account] = []
        for (place, account) in zip(places, found) {
            if let place {
                take(account.keys, at: place)
            } else if mayJoin(account) {
                add(account)
            } else {
                refused.append(account)
            }
        }
        return refused
    }

    private mutating func add(_ account: Account) {
        accounts.append(account)
        isLive.append([Bool](repeating: true, count: max(1, account.keys.count)))
    }

    private mutating func take(_ keys: [Secret], at place: Int) {
        guard !accounts[place].keys.isEmpty else {
            isLive[place] = [true]
            return
        }
        let known = accounts[place].keys
        accounts[place].keys += keys.filter { !known.contains($0) }
        isLive[place] = accounts[place].keys.map { keys.contains($0) }
    }

    private static func isAtSamePlace(_ known: Account, _ found: Account) -> Bool {
        known.base == found.base && known.organisation == found.organisation
            && known.keys.isEmpty == found.keys.isEmpty
    }

    private static func sharesKey(_ known: Account, _ found: Account) -> Bool {
        isAtSamePlace(known, found) && found.keys.contains { known.keys.contains($0) }
    }

    private static func hasName(_ known: Account, _ found: Account) -> Bool {
        // Where there is no key there is nothing but the name.
        let isKnown = known.isNamed && found.isNamed || known.keys.isEmpty
        return isKnown && isAtSamePlace(known, found) && known.name == found.name
    }
}
