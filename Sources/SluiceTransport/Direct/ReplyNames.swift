/// Finds the replies of a host that come a second time.
///
/// Some servers give all their replies the same id. Such a one is found out by the first reply that is taken for a second
/// one: when its bytes come to somebody else as well, ids mean nothing here, and are not looked at any more.
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
    /// The reply that was last taken for a second one.
    private var doubted: ReplyName?

    /// Takes note of a reply; whether it has come before on its connection.
    mutating func isRepeated(_ name: ReplyName, after recent: inout Recent) -> Bool {
        if name == doubted {
            areUnique = false
        } else if recent.contains(name) {
            doubted = name
            return true
        } else {
            recent.add(name)
        }
        return false
    }
}
