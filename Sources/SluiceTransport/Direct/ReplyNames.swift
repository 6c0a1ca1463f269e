/// Finds the replies of a host that come a second time.
///
/// Some servers give all their replies the same id, or answer equal questions out of a store, so that different rows rightly
/// get equal replies. Such a one is found out when, after it was taken for a second one, it comes to somebody else as well:
/// from then on it is common. A server of many such replies has ids that mean nothing, and they are not looked at any more.
struct ReplyNames {
    /// The last replies of one connection.
    struct Recent {
        private var names: [ReplyName] = []

        fileprivate func contains(_ name: ReplyName) -> Bool { names.contains(name) }

        fileprivate mutating func add(_ name: ReplyName) {
            if names.count == 4 { names.removeFirst() }
            names.append(name)
        }
    }

    /// Whether ids tell replies apart.
    private(set) var areUnique = true
    /// So many replies are remembered of either kind.
    private static let most = 1024
    /// Replies that were taken for a second one.
    private var doubted: Set<ReplyName> = []
    /// Replies that different requests get.
    private var common: Set<ReplyName> = []

    /// Takes note of a reply; whether it has come before on its connection.
    mutating func isRepeated(_ name: ReplyName, after recent: inout Recent) -> Bool {
        if common.contains(name) { return false }
        if doubted.remove(name) != nil {
            common.insert(name)
            areUnique = common.count < Self.most
            return false
        }
        guard recent.contains(name) else {
            recent.add(name)
            return false
        }
        if doubted.count == Self.most { doubted = [] }
        doubted.insert(name)
        return true
    }
}
