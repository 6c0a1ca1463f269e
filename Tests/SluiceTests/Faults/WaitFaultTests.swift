import Sluice
import SluiceCore
import SluiceSimulator
import Testing

/// Failures that say how long to wait.
@Suite struct WaitFaultTests {
    @Test(arguments: [408, 500, 502, 503, 529])
    func `the row waits as long as it is told to, and nobody else does`(status: Int) async throws {
        let fault = Fault(.error(.usual(status, retryAfter: .seconds(2))))
        let ordeal = try await Ordeal([FaultRule(.init(prompt: "item-42", nth: 1...1), fault)])
        #expect(ordeal.summary.exitCode == 0, "\(ordeal.summary)")
        let sent = ordeal.ledger.filter { $0.item == 42 }.map { Double($0.time.nanoseconds) / 1e9 }
        #expect(sent.count == 2)
        #expect(sent[1] - sent[0] >= 1.99)
        let others = ordeal.ledger.filter { $0.item != 42 }.map { Double($0.time.nanoseconds) / 1e9 }
        #expect(others.allSatisfy { $0 - sent[0] < 1.9 })
    }
}
