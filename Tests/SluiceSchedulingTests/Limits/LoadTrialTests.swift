import SluiceCore
import SluiceScheduling
import Testing

struct LoadTrialTests {
    /// Sends at 100 per second, of which those are refused that `isRefused`; every step that is not `goOn`.
    private func steps(
        _ trial: inout LoadTrial, from first: Int, to last: Int, isRefused: (Int) -> Bool
    ) -> [LoadTrial.Step] {
        var steps: [LoadTrial.Step] = []
        for number in first..<last {
            let now = at(Double(number) * 0.01)
            steps.append(trial.take(number: number, now: now))
            if isRefused(number) { steps.append(trial.refuse(number: number, now: now)) }
        }
        return steps.filter { $0 != .goOn }
    }

    @Test func `refusals that stop when it goes slower are the load, and what was accepted before is the limit`() {
        var trial = LoadTrial()
        let found = steps(&trial, from: 1, to: 400) { $0 % 20 == 0 && $0 <= 140 }
        #expect(found.count == 2)
        guard found.count == 2, case .slowDown(let rate) = found[0], case .wasLoad(let limit) = found[1] else {
            Issue.record("\(found)")
            return
        }
        #expect(abs(limit - 95) < 0.5)
        #expect(abs(rate - limit * 0.9) < 0.01)
    }

    @Test func `what was refused for a known cause was not accepted`() {
        var trial = LoadTrial()
        var last = trial.refuse(number: 1, now: at(0))
        for _ in 0..<30 { trial.discount() }
        for number in [20, 40, 60, 80, 90, 100] { last = trial.refuse(number: number, now: at(10)) }
        // 99 in ten seconds without six and thirty, and a tenth slower.
        guard case .slowDown(let rate) = last else {
            Issue.record("\(last)")
            return
        }
        #expect(abs(rate - 0.9 * 6.3) < 0.01)
    }

    @Test(arguments: [[100, 90, 80, 70, 60, 3], [60, 70, 80, 90, 100, 3], [3, 60, 100, 70, 80, 90]])
    func `in whatever order refusals arrive, the pace is of all that went between them`(numbers: [Int]) {
        var trial = LoadTrial()
        var last = trial.refuse(number: 1, now: at(0))
        for number in numbers { last = trial.refuse(number: number, now: at(10)) }
        // Six of 99 in ten seconds, and a tenth slower.
        guard case .slowDown(let rate) = last else {
            Issue.record("\(last)")
            return
        }
        #expect(abs(rate - 9.3 * 0.9) < 1e-9)
    }

    @Test func `where nothing at all was accepted there is no pace to try`() {
        for numbers in [[2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2], [4, 2, 7, 3, 6, 5]] {
            var trial = LoadTrial()
            for number in [1] + numbers { #expect(trial.refuse(number: number, now: at(Double(number))) == .goOn) }
        }
    }

    @Test func `refusals that go on are chance, and only twice as many are worth another trial`() {
        var trial = LoadTrial()
        let found = steps(&trial, from: 1, to: 3000) { $0 % 20 == 0 }
        #expect(found.count == 2)
        #expect(found.last == .wasChance)
        let more = steps(&trial, from: 3000, to: 3200) { $0 % 6 == 0 }
        if case .slowDown? = more.first { return }
        Issue.record("\(more)")
    }

    @Test func `a share that creeps up is not taken for the chance that was found`() {
        var trial = LoadTrial()
        #expect(steps(&trial, from: 1, to: 3000) { $0 % 40 == 0 }.last == .wasChance)
        // One in 40 at first, and a little more each time; never twice as much as of late.
        var (next, due) = (3000, 3040.0)
        while next < 20_000 {
            let found = steps(&trial, from: next, to: next + 1) { Double($0) >= due }
            if case .slowDown? = found.first { break }
            if Double(next) >= due { due += max(8, 40 - 0.02 * Double(next - 3000)) }
            next += 1
        }
        // A trial begins before 1 in 8 is refused.
        #expect(next < 3000 + 1600, "\(next)")
    }
}
