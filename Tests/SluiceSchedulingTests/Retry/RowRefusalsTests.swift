import SluiceCore
import Testing

@testable import SluiceScheduling

@Suite struct RowRefusalsTests {
    private func grant(_ answers: Int, _ refusals: Int = 0, account: Int = 0) -> Grant {
        Grant(
            id: 1, credential: CredentialIndex(account: account, credential: 0), model: 0, tokens: TokenUse(),
            ceiling: .zero, sentAt: at(0), isFirst: false, isProbe: false, number: 1 + answers + refusals, load: 1,
            answers: answers, refusals: refusals)
    }

    @Test func `a row that is refused while all others get through is refused for what it is`() {
        var row = RowRefusals()
        for turn in 0..<6 { row.add(grant(turn * 8, turn)) }
        #expect(!row.areItsOwn)
        row.add(grant(6 * 8, 6))
        #expect(row.areItsOwn && row.count == 7)
    }

    @Test func `however many get through, it is refused six times at least`() {
        var row = RowRefusals()
        for turn in 0..<5 { row.add(grant(turn * 100_000, turn)) }
        #expect(!row.areItsOwn)
        for turn in 5..<7 { row.add(grant(turn * 100_000, turn)) }
        #expect(row.areItsOwn)
    }

    @Test func `where nothing was answered it is the rate, however often and whoever was refused`() {
        var alone = RowRefusals()
        for turn in 0..<1000 { alone.add(grant(0, turn)) }
        #expect(!alone.areItsOwn)
        var among = RowRefusals()
        for turn in 0..<1000 { among.add(grant(5, turn * 64)) }
        #expect(!among.areItsOwn)
    }

    @Test func `where nine of ten are refused a row may be refused fifty times`() {
        var row = RowRefusals()
        for turn in 0..<50 { row.add(grant(turn, turn * 10)) }
        #expect(!row.areItsOwn)
    }

    @Test func `others that are always refused, too, hide it for a while only`() {
        var row = RowRefusals()
        for turn in 0..<20 { row.add(grant(turn * 5, turn * 7)) }
        #expect(!row.areItsOwn)
        for turn in 20..<40 { row.add(grant(turn * 5, turn * 7)) }
        #expect(row.areItsOwn)
    }

    @Test func `each account tells for itself`() {
        var row = RowRefusals()
        // Between the two accounts' numbers nothing can be reckoned.
        for turn in 0..<4 {
            row.add(grant(0, turn, account: 0))
            row.add(grant(1000, turn, account: 1))
        }
        #expect(!row.areItsOwn)
    }

    @Test func `it lets others go first from the second refusal on`() {
        var row = RowRefusals()
        row.add(grant(0, 0))
        #expect(!row.yields)
        row.add(grant(0, 1))
        #expect(row.yields)
    }
}
