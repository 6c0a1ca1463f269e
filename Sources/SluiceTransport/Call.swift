package import SluiceCore

/// One request as it goes over the wire.
package struct Call: Sendable {
    /// Where it goes, with its constant headers.
    package let endpoint: Endpoint
    /// The body of the POST.
    package let body: Bytes
    /// The longest time from here to the last byte of the reply.
    package let timeout: TimeSpan

    /// A POST of a body to an endpoint.
    package init(endpoint: Endpoint, body: Bytes, timeout: TimeSpan) {
        self.endpoint = endpoint
        self.body = body
        self.timeout = timeout
    }
}
