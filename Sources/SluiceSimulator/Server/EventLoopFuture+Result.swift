import NIOCore
import SluiceCore

extension EventLoopFuture where Value: Sendable {
    /// Waits for the outcome; unlike NIO's `get`, by a suspension that ThreadSanitizer understands.
    func result() async -> Result<Value, any Error> {
        await suspended { waiting in whenComplete { waiting.resume(returning: $0) } }
    }
}
