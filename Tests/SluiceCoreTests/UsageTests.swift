import SluiceCore
import Testing

@Suite struct UsageTests {
    @Test func `cached and reasoning tokens are parts of the total and not added to it`() {
        #expect(Usage(input: 91, output: 46, cached: 64, reasoning: 32).total == 137)
    }
}
