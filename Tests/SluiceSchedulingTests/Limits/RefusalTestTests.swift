import SluiceCore
import SluiceScheduling
import Testing

struct RefusalTestTests {
    /// Whether the refusals of these requests, out of the first so many, are taken for the load's at any time.
    private func alarms(_ refused: [Int]) -> Bool {
        var test = RefusalTest()
        return refused.map { test.refuse(number: $0, sentAt: at(Double($0))) }.contains(true)
    }

    @Test func `where little was accepted one refusal is enough, later two close to each other`() {
        #expect(alarms([3]))
        #expect(!alarms([200]))
        #expect(alarms([200, 202]))
        #expect(!alarms([200, 210]))
    }

    @Test(arguments: [0.001, 0.01, 0.03])
    func `refusals by chance are hardly ever taken for the load once they are known`(share: Double) {
        var random = SplitMix64(seed: 5)
        var test = RefusalTest()
        var alarms = 0
        for number in 20..<400_000 where random.unit() < share {
            guard test.refuse(number: number, sentAt: at(Double(number))) else { continue }
            alarms += 1
            test.clear()
        }
        #expect(test.isSeasoned)
        #expect(alarms <= 4, "\(alarms) false alarms")
    }

    @Test func `a load that is refused at every second request is seen within 15 requests`() {
        var test = RefusalTest()
        for number in stride(from: 100, to: 1000, by: 100) { _ = test.refuse(number: number, sentAt: at(0)) }
        #expect(test.isSeasoned)
        let seen = stride(from: 1002, to: 1100, by: 2).first { test.refuse(number: $0, sentAt: at(1)) }
        #expect((seen ?? .max) <= 1015)
    }

    @Test func `what came by chance is handed out to be forgiven`() {
        var test = RefusalTest()
        _ = test.refuse(number: 100, sentAt: at(1))
        #expect(test.forgiven == [])
        _ = test.refuse(number: 200, sentAt: at(2))
        #expect(test.forgiven == [at(1)])
        #expect(test.pending == [at(2)])
    }
}
