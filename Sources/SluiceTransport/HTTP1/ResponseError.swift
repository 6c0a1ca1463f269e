/// Why bytes are not an HTTP/1.1 response that can be trusted.
package enum ResponseError: Error, Sendable, Equatable {
    /// The framing is broken or ambiguous; what is wrong, in lower case.
    case malformed(String)
    /// The bytes are those of TLS.
    case encrypted
    /// The body is larger than the cap.
    case tooLarge
    /// The body becomes larger out of all proportion when it is decoded.
    case bomb
}
