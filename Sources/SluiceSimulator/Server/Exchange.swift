import SluiceCore

/// A request and what has been decided about it.
struct Exchange: Sendable {
    /// Its place among all requests, from 1.
    let number: Int
    /// When it had come in.
    let received: Instant
    /// The key it came with.
    let key: String
    /// The path without the query.
    let path: String
    /// What it asks for, if that could be read.
    let question: Question?
    /// What the provider does with it.
    let verdict: Verdict
    /// How long to wait before the first byte of the reply.
    var wait: TimeSpan {
        streams ? TimeSpan(nanoseconds: verdict.delay.nanoseconds - verdict.generation.nanoseconds) : verdict.delay
    }
    /// Whether the reply is an answer that is streamed.
    var streams: Bool { question?.streams == true && verdict.refusal == nil && verdict.hold != nil }
    /// Whether the connection ends with the reply.
    let closes: Bool
    /// Whether it was a HEAD, whose reply has no body.
    let omitsBody: Bool
}
