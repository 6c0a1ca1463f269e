import SluiceCore
import SluiceScheduling
import Testing

struct SendLogTests {
    private func counts(_ log: SendLog) -> (accepted: Int, refused: Int) {
        var counts = (accepted: 0, refused: 0)
        log.forEach { counts = (counts.accepted + Int($0.accepted), counts.refused + Int($0.refused)) }
        return counts
    }

    @Test func `close sends share an entry, distant ones do not`() {
        var log = SendLog()
        for moment in [0, 0.001, 0.002, 0.1, 0.2] { log.add(now: at(moment)) }
        #expect(log.count == 3)
        #expect(log[0].accepted == 3)
        #expect(log[0].spread == 2_000_000)
        #expect(counts(log) == (5, 0))
    }

    @Test func `a refusal is marked at the entry that holds its send`() {
        var log = SendLog()
        for moment in [0, 0.1, 0.1005, 0.2] { log.add(now: at(moment)) }
        log.refuse(sentAt: at(0.1005))
        #expect(log[1].accepted == 1 && log[1].refused == 1)
        log.refuse(sentAt: at(-1))
        #expect(counts(log) == (3, 1))
    }

    @Test func `a send that did not go is struck out`() {
        var log = SendLog()
        log.add(now: at(0))
        log.strike(sentAt: at(0))
        log.strike(sentAt: at(0))
        #expect(counts(log) == (0, 0))
    }

    @Test func `a full log drops the oldest, stays in order and still finds sends`() {
        var log = SendLog(capacity: 8)
        for index in 0..<20 { log.add(now: at(Double(index))) }
        #expect(log.isTruncated)
        #expect((0..<8).map { log[$0].at } == (12..<20).map { at(Double($0)) })
        log.refuse(sentAt: at(17))
        #expect(log[5].refused == 1)
        log.refuse(sentAt: at(3))
        #expect(counts(log) == (7, 1))
    }
}
