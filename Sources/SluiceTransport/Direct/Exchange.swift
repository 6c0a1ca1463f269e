internal import NIOCore
internal import SluiceCore

/// A call under way, with the slot that waits for its reply.
struct Exchange {
    let call: Call
    /// Its number among the transport's calls.
    let number: UInt64
    let began: NIODeadline
    private(set) var deadline: NIODeadline
    /// Whether it was put on a kept-alive connection that turned out to be dead, and so was sent anew.
    var isResent = false
    private let continuation: Suspension<Result<Reply, TransportFailure>>

    init(_ call: Call, number: UInt64, _ continuation: Suspension<Result<Reply, TransportFailure>>) {
        self.call = call
        self.number = number
        self.continuation = continuation
        began = .now()
        deadline = began + .nanoseconds(call.timeout.nanoseconds)
    }

    /// Puts the deadline off by time that was not the server's.
    mutating func allow(_ span: TimeAmount) { deadline = deadline + span }

    func finish(_ result: Result<Reply, TransportFailure>) {
        continuation.resume(returning: result)
    }

    func fail(_ kind: TransportFailure.Kind, _ message: String, mayBePaid: Bool) {
        finish(.failure(TransportFailure(kind, message, mayBePaid: mayBePaid)))
    }
}
