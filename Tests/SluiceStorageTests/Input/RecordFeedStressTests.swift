import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

/// Many slots at one feed, over and over; `SLUICE_ROUNDS` makes the loops long.
@Suite(.timeLimit(.minutes(10))) struct RecordFeedStressTests {
    private static let count = 3000
    private static let slots = 24
    private let folder = TemporaryFolder()
    private var input: String { folder.file("in") }

    init() { write((0..<Self.count).map { "row \($0)\n" }.joined(), to: input) }

    private func bounds(_ round: Int) -> LookAhead {
        LookAhead(bytes: 1 << (9 + round % 5), rows: 1 + round * 7 % 60)
    }

    /// Empties a feed through many slots, every other round only to a row in the middle; each row must come once.
    /// - Parameter beside: What goes on beside the slots until they have ended, which it can ask for.
    private func empty(
        _ feed: RecordFeed<FeedItem>, round: Int,
        beside: @escaping @Sendable (_ isOver: @Sendable () -> Bool) async -> Void = { _ in }
    ) async {
        let stopAfter = round % 2 == 0 ? Int.max : round * 193 % Self.count
        let (taking, taken) = (Guarded(Self.slots), Guarded(0))
        let seen = await withTaskGroup(of: [Int].self) { group in
            for _ in 0..<Self.slots {
                group.addTask {
                    var rows: [Int] = []
                    while case .record(let record)? = await feed.next() {
                        rows.append(Int(record.bytes.text.dropFirst(4)) ?? -1)
                        let now = taken.withLock { taken in
                            taken += 1
                            return taken
                        }
                        if now == stopAfter { feed.stop() }
                    }
                    taking.withLock { $0 -= 1 }
                    return rows
                }
            }
            group.addTask {
                await beside { taking.withLock { $0 == 0 } }
                return []
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(seen).count == seen.count)
        #expect(
            stopAfter == .max ? seen.sorted() == Array(0..<Self.count) : seen.count >= min(stopAfter, Self.count))
        #expect(await feed.next() == nil)
        #expect(feed.failure == nil)
    }

    @Test func `rows go to many slots once each, and a stop in the middle wakes them all`() async throws {
        for round in 0..<Rounds.of(4) {
            let feed = try RecordFeed(.file(input), lookAhead: bounds(round)) { $0 }
            await empty(feed, round: round)
        }
    }

    @Test func `rows that others complete come once they are, and the feed ends after the last`() async throws {
        for round in 0..<Rounds.of(4) {
            let waiting = Guarded<[@Sendable () -> Void]>([])
            let feed = try RecordFeed(.file(input), lookAhead: bounds(round), make: { $0 }) { batch, then in
                waiting.withLock { $0.append { then(batch) } }
            }
            await empty(feed, round: round) { isOver in
                while !isOver() {
                    let batches = waiting.withLock { waiting in
                        defer { waiting = [] }
                        return waiting
                    }
                    for batch in batches { batch() }
                    await Task.yield()
                }
            }
        }
    }
}
