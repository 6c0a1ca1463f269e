import SluiceCore
import Testing

@testable import SluiceScheduling

@Suite struct RowRefusalsTests {
    private func grant(_ number: Int, refusedRows: Int = 0, account: Int = 0) -> Grant {
        Grant(
            id: UInt64(number), credential: CredentialIndex(account: account, credential: 0), model: 0,
            tokens: TokenUse(), ceiling: .zero, sentAt: at(0), isFirst: false, isProbe: false, number: number, load: 1,
            refusedRows: refusedRows)
    }

    @Test func `a row that is refused while all others get through is refused for what it is`() {
        var row = RowRefusals()
        for turn in 0..<6 { row.add(grant(1 + turn * 8)) }
        #expect(!row.areItsOwn)
        row.add(grant(1 + 6 * 8))
        #expect(row.areItsOwn && row.count == 7)
    }

    @Test func `where nobody else was sent, or all others were refused, too, it is the rate`() {
        var alone = RowRefusals()
        for turn in 1...1000 { alone.add(grant(turn)) }
        #expect(!alone.areItsOwn)
        var among = RowRefusals()
        for turn in 0..<1000 { among.add(grant(1 + turn * 8, refusedRows: turn * 7)) }
        #expect(!among.areItsOwn)
    }

    @Test func `where nine of ten are refused a row may be refused fifty times`() {
        var row = RowRefusals()
        for turn in 0..<50 { row.add(grant(1 + turn * 11, refusedRows: turn * 9)) }
        #expect(!row.areItsOwn)
    }

    @Test func `each account tells for itself`() {
        var row = RowRefusals()
        // Between the two accounts' numbers nothing can be reckoned.
        for turn in 0..<4 {
            row.add(grant(1 + turn, account: 0))
            row.add(grant(1000 + turn, account: 1))
        }
        #expect(!row.areItsOwn)
    }

    @Test func `it lets others go first from the second refusal on`() {
        var row = RowRefusals()
        row.add(grant(1))
        #expect(!row.yields)
        row.add(grant(2))
        #expect(row.yields)
    }
}
