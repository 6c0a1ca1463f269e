import SluiceCore
import SluiceStorage
import SluiceTestSupport
import Testing

/// Many slots at one feed, over and over; `SLUICE_ROUNDS` makes the loops long.
@Suite(.timeLimit(.minutes(10))) struct RecordFeedStressTests {
    @Test func `rows go to many slots once each, and a stop in the middle wakes them all`() async throws {
        let folder = TemporaryFolder()
        let count = 3000
        write((0..<count).map { "row \($0)\n" }.joined(), to: folder.file("in"))
        for round in 0..<Rounds.of(4) {
            let bounds = LookAhead(bytes: 1 << (9 + round % 5), rows: 1 + round * 7 % 60)
            let feed = try RecordFeed(.file(folder.file("in")), lookAhead: bounds) { $0 }
            let stopAfter = round % 2 == 0 ? Int.max : round * 193 % count
            let taken = Guarded(0)
            let seen = await withTaskGroup(of: [Int].self) { group in
                for _ in 0..<24 {
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
                        return rows
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(seen).count == seen.count)
            #expect(stopAfter == .max ? seen.sorted() == Array(0..<count) : seen.count >= min(stopAfter, count))
            #expect(await feed.next() == nil)
            #expect(feed.failure == nil)
        }
    }

    @Test func `rows that others complete come once they are, and the feed ends after the last`() async throws {
        let folder = TemporaryFolder()
        let count = 3000
        write((0..<count).map { "row \($0)\n" }.joined(), to: folder.file("in"))
        for round in 0..<Rounds.of(4) {
            let bounds = LookAhead(bytes: 1 << (9 + round % 5), rows: 1 + round * 7 % 60)
            let waiting = Guarded<[@Sendable () -> Void]>([])
            let feed = try RecordFeed(.file(folder.file("in")), lookAhead: bounds, make: { $0 }) { batch, then in
                waiting.withLock { $0.append { then(batch) } }
            }
            let stopAfter = round % 2 == 0 ? Int.max : round * 193 % count
            let taking = Guarded(24)
            let taken = Guarded(0)
            let seen = await withTaskGroup(of: [Int].self) { group in
                for _ in 0..<24 {
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
                    while taking.withLock({ $0 > 0 }) {
                        let batches = waiting.withLock { waiting in
                            defer { waiting = [] }
                            return waiting
                        }
                        for batch in batches { batch() }
                        await Task.yield()
                    }
                    return []
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(seen).count == seen.count)
            #expect(stopAfter == .max ? seen.sorted() == Array(0..<count) : seen.count >= min(stopAfter, count))
            #expect(await feed.next() == nil)
            #expect(feed.failure == nil)
        }
    }
}
