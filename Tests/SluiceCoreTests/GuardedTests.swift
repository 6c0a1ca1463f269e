import SluiceCore
import SluiceTestSupport
import Testing

@Suite struct GuardedTests {
    @Test func `no step is lost when many tasks count at once`() async {
        let counter = Guarded(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<Rounds.of(20_000) { counter.withLock { $0 += 1 } }
                }
            }
        }
        #expect(counter.withLock { $0 } == 8 * Rounds.of(20_000))
    }

    @Test func `an error leaves the lock free and the value as far as it got`() {
        struct Refused: Error, Equatable {}
        let value = Guarded(1)
        #expect(throws: Refused()) {
            try value.withLock { state throws(Refused) in
                state = 2
                throw Refused()
            }
        }
        #expect(value.withLock { $0 } == 2)
    }
}
