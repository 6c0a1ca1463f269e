internal import SluiceCore
internal import SluiceStorage

/// Rows that ask the same at the same time: one of them, the leader, is sent; the others wait for its answer.
///
/// When a leader fails, the next row leads, so that nobody fails without a try of its own; when that one fails, too, the rest
/// go their own ways. A leader always calls ``finish(_:with:)``, so nobody waits longer than the leader's own row does.
final class SharedRequests: Sendable {
    /// What is common to the rows.
    struct Key: Hashable, Sendable {
        let question: RequestHash
        let samples: Int
    }

    /// What a row has to do.
    enum Turn: Sendable {
        /// Ask, and tell the others.
        case lead
        /// Ask for itself.
        case alone
        /// Take this answer.
        case take(SharedAnswer)
    }

    private struct Entry {
        var followers: [Suspension<Turn>] = []
        var hasFailed = false
    }

    private let entries = Guarded([Key: Entry]())

    /// Whether nobody asks the same now, so that the row leads whoever comes after it.
    func leads(_ key: Key) -> Bool { entries.withLock { Self.leads(key, &$0) } }

    /// Joins those who ask the same; suspends while another row leads.
    func join(_ key: Key) async -> Turn {
        await suspended { follower in
            let leads = entries.withLock { entries in
                if Self.leads(key, &entries) { return true }
                entries[key]?.followers.append(follower)
                return false
            }
            if leads { follower.resume(returning: .lead) }
        }
    }

    private static func leads(_ key: Key, _ entries: inout [Key: Entry]) -> Bool {
        if entries[key] != nil { return false }
        entries[key] = Entry()
        return true
    }

    /// Tells the others what the leader has got; nil if it has failed.
    ///
    /// The answer is made only if somebody waits for it.
    func finish(_ key: Key, with answer: () -> SharedAnswer?) {
        let isAlone = entries.withLock { entries in
            let isAlone = entries[key]?.followers.isEmpty ?? true
            if isAlone { entries[key] = nil }
            return isAlone
        }
        if !isAlone { pass(answer(), to: key) }
    }

    private func pass(_ answer: SharedAnswer?, to key: Key) {
        let (turn, followers): (Turn, [Suspension<Turn>]) = entries.withLock { entries in
            guard var entry = entries[key] else { return (.alone, []) }
            if answer == nil, !entry.hasFailed, let next = entry.followers.popLast() {
                entry.hasFailed = true
                entries[key] = entry
                return (.lead, [next])
            }
            entries[key] = nil
            return (answer.map { .take($0) } ?? .alone, entry.followers)
        }
        for follower in followers { follower.resume(returning: turn) }
    }
}
