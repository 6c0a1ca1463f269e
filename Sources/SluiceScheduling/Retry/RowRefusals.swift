/// The refusals of one row, and whether they are its own: a server may refuse a row for what it is, and say that it is
/// the rate.
///
/// A row that is refused while others are not is no victim of the rate. For each two refusals in a row from one account,
/// the chance that the second one is the rate is about the share of refusals among all that was replied between them
/// (Laplace's rule of succession: one more than were seen); where nothing was replied between them, nothing is known.
/// A tenth is the least that two of them say: a window may well be used up at the same place twice. When all of that
/// together is less likely than one in a hundred thousand, the refusals are the row's.
package struct RowRefusals: Sendable {
    private static let unlikely = 1e-5
    private static let leastChance = 0.1
    /// How many there were.
    package private(set) var count = 0
    private var chance = 1.0
    /// The last refused grant of each account.
    private var last: [Grant] = []

    /// No refusals yet.
    package init() {}

    /// Whether the row is to let others go first: the next one may get through where it does not.
    package var yields: Bool { count >= 2 }

    /// Whether the refusals are the row's own.
    package var areItsOwn: Bool { chance < Self.unlikely }

    /// Takes the refusal of a request of the row.
    package mutating func add(_ grant: Grant) {
        count += 1
        guard let place = last.firstIndex(where: { $0.account == grant.account && $0.model == grant.model }) else {
            return last.append(grant)
        }
        let answers = grant.answers - last[place].answers
        // The row's own refusal is one of them.
        let refusals = max(0, grant.refusals - last[place].refusals - 1)
        chance *= max(Self.leastChance, Double(refusals + 1) / Double(answers + refusals + 1))
        last[place] = grant
    }
}
