internal import NIOCore
internal import SluiceCore

/// A call under way, with the slot that waits for its reply.
struct Exchange {
    let call: Call
    let deadline: NIODeadline
    /// Whether it was put on a kept-alive connection that turned out to be dead, and so was sent anew.
    var isResent = false
    private let continuation: UnsafeContinuation<Result<Reply, TransportFailure>, Never>

    init(_ call: Call, _ continuation: UnsafeContinuation<Result<Reply, TransportFailure>, Never>) {
        self.call = call
        self.continuation = continuation
        deadline = .now() + .nanoseconds(call.timeout.nanoseconds)
    }

    func finish(_ result: Result<Reply, TransportFailure>) {
        continuation.resume(returning: result)
    }

    func fail(_ kind: TransportFailure.Kind, _ message: String, mayBePaid: Bool) {
        finish(.failure(TransportFailure(kind, message, mayBePaid: mayBePaid)))
    }
}
