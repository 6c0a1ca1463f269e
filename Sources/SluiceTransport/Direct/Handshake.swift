internal import NIOCore

/// How long the handshake at one address may take, and who wants to know of its end.
struct Handshake {
    let limit: NIODeadline
    let atFailure: (_ reason: String, _ isTimeout: Bool) -> Void
    let atSuccess: () -> Void
}
