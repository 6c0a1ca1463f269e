/// The refusals of one row, and whether they are its own: a server may refuse a row for what it is, and say that it is
/// the rate.
///
/// A row that is refused while those sent between its tries are not is no victim of the rate. For each two refusals in
/// a row from one account, the chance that the second one is the rate is at most about the share of other rows that
/// were refused between them (Laplace's rule of succession: one more refusal than were seen); where none was sent
/// between them, nothing is known. When all of that together is less likely than one in a hundred thousand, the
/// refusals are the row's.
package struct RowRefusals: Sendable {
    private static let unlikely = 1e-5
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
        let others = max(0, grant.number - last[place].number - 1)
        let refused = min(others, max(0, grant.refusedRows - last[place].refusedRows))
        chance *= Double(refused + 1) / Double(others + 1)
        last[place] = grant
    }
}
