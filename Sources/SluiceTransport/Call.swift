package import SluiceCore

/// One request as it goes over the wire.
package struct Call: Sendable {
    /// Where it goes, with its constant headers.
    package let endpoint: Endpoint
    /// The body; nothing for a GET.
    package let body: Bytes
    /// The longest time from here to the last byte of the reply.
    package let timeout: TimeSpan
    /// The longest time from when the system has taken all of the request to the first byte of the reply; nil leaves it
    /// to ``timeout``.
    package let firstByte: TimeSpan?
    /// The longest pause between two parts of the reply; nil leaves it to ``timeout``.
    package let pause: TimeSpan?
    /// The size of a reply, in bytes, for which the caller has memory already.
    package let room: Int

    /// A body for an endpoint.
    package init(
        endpoint: Endpoint, body: Bytes, timeout: TimeSpan, firstByte: TimeSpan? = nil, pause: TimeSpan? = nil,
        room: Int = 0
    ) {
        self.endpoint = endpoint
        self.body = body
        self.timeout = timeout
        self.firstByte = firstByte
        self.pause = pause
        self.room = room
    }
}
