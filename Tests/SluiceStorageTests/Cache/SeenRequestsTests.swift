import SluiceCore
import SluiceStorage
import Testing

@Suite struct SeenRequestsTests {
    private func hash(_ number: Int) -> RequestHash {
        RequestHash(
            asWritten: Request(endpoint: .chat, model: "m", question: Bytes("\(number)"), parameters: Bytes("{}")))
    }

    @Test func `a request that was seen is never taken for the first again, however many have come since`() {
        var seen = SeenRequests()
        let count = 300_000
        var wrong = 0
        for number in 0..<count where !seen.insert(hash(number)) { wrong += 1 }
        // Three filters, each of which errs by 0.24 % when it is full.
        #expect(wrong < count / 200)
        var forgotten = 0
        for number in stride(from: 0, to: count, by: 7) where seen.insert(hash(number)) { forgotten += 1 }
        #expect(forgotten == 0)
    }
}
