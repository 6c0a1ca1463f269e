import SluiceCore
import SluiceScheduling
import Testing

struct ThrottleRestTests {
    private var random = SplitMix64(seed: 1)

    @Test mutating func `a hint is kept exactly`() {
        var rest = ThrottleRest()
        let result1 = rest.refuse(sentAt: at(1), hint: .seconds(7.25), now: at(1.1), using: &random)
        #expect(result1 == .seconds(7.25))
        #expect(rest.until == at(1.1) + .seconds(7.25))
    }

    @Test mutating func `refusals of one moment are one episode`() {
        var rest = ThrottleRest()
        let result2 = rest.refuse(sentAt: at(1), hint: .seconds(1), now: at(1.1), using: &random)
        #expect(result2 != nil)
        let result3 = rest.refuse(sentAt: at(1.05), hint: .seconds(1), now: at(1.12), using: &random)
        #expect(result3 == nil)
        #expect(rest.until == at(1.12) + .seconds(1))
        let result4 = rest.refuse(sentAt: at(2.2), hint: .seconds(1), now: at(2.3), using: &random)
        #expect(result4 != nil)
    }

    @Test mutating func `without a hint rests double between half and whole and begin anew after an answer`() {
        var rest = ThrottleRest()
        var clock = 1.0
        for whole in [0.5, 1, 2, 4, 8, 16, 32, 60, 60] {
            let wait = rest.refuse(sentAt: at(clock), hint: nil, now: at(clock), using: &random)?.seconds ?? 0
            #expect(wait >= whole / 2 && wait <= whole)
            clock += wait + 1
        }
        rest.answer(sentAt: at(clock))
        let wait = rest.refuse(sentAt: at(clock), hint: nil, now: at(clock + 0.1), using: &random)?.seconds ?? 9
        #expect(wait <= 0.5)
    }

    @Test mutating func `a late answer to a request from before the refusal does not end the doubling`() {
        var rest = ThrottleRest()
        _ = rest.refuse(sentAt: at(1), hint: nil, now: at(1.1), using: &random)
        rest.answer(sentAt: at(0.9))
        let wait = rest.refuse(sentAt: at(3), hint: nil, now: at(3), using: &random)?.seconds ?? 0
        #expect(wait > 0.5)
    }

    @Test mutating func `a hint of zero is no hint`() {
        var rest = ThrottleRest()
        let wait = rest.refuse(sentAt: at(1), hint: .zero, now: at(1), using: &random)
        #expect(wait.map { $0.seconds >= 0.25 } == true)
    }
}
