import Glibc
import SluiceCore
import SluiceStorage
import Testing

@Suite(.timeLimit(.minutes(1))) struct BlockingThreadTests {
    @Test func `values and errors come back`() async throws {
        #expect(try await BlockingThread.run("a test") { 7 } == 7)
        await #expect(throws: SluiceError(.io, "")) {
            try await BlockingThread.run("a test") { () throws(SluiceError) -> Int in throw SluiceError(.io, "no") }
        }
    }

    @Test func `signals for the process are left to other threads`() async throws {
        let blocked = try await BlockingThread.run("a test") {
            var mask = sigset_t()
            pthread_sigmask(SIG_SETMASK, nil, &mask)
            return [SIGINT, SIGTERM, SIGPIPE, SIGXFSZ].allSatisfy { sigismember(&mask, $0) == 1 }
        }
        #expect(blocked)
    }
}
