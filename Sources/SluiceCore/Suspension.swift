// A suspension is an `UnsafeContinuation`, which costs no allocation, except in builds for ThreadSanitizer: there it is a checked
// one behind a lock. A task that is resumed before it has gone to sleep goes on without a step that the sanitizer could
// see (https://github.com/swiftlang/swift/issues/57803); the lock is that step, and what is resumed twice or never is
// reported.

#if SLUICE_TSAN
    /// A task that is suspended until somebody resumes it, exactly once.
    public struct Suspension<Value: Sendable>: Sendable {
        private let continuation: CheckedContinuation<Value, Never>
        private let handOver: Guarded<Void>

        init(_ continuation: CheckedContinuation<Value, Never>, _ handOver: Guarded<Void>) {
            self.continuation = continuation
            self.handOver = handOver
        }

        /// Lets the task go on with a value.
        public func resume(returning value: Value) {
            handOver.withLock { _ in }
            continuation.resume(returning: value)
        }
    }

    /// Suspends the task until what `body` is given has been resumed.
    public func suspended<Value: Sendable>(_ body: (Suspension<Value>) -> Void) async -> Value {
        let handOver = Guarded<Void>(())
        let value = await withCheckedContinuation { body(Suspension($0, handOver)) }
        handOver.withLock { _ in }
        return value
    }
#else
    /// A task that is suspended until somebody resumes it, exactly once.
    public typealias Suspension<Value> = UnsafeContinuation<Value, Never>

    /// Suspends the task until what `body` is given has been resumed.
    @inlinable @inline(__always)
    public func suspended<Value: Sendable>(_ body: (Suspension<Value>) -> Void) async -> Value {
        await withUnsafeContinuation(body)
    }
#endif
