/// What was done to a body before it was put on the wire (RFC 9110 §8.4).
package enum ContentCoding: Sendable, Equatable {
    /// Nothing.
    case identity
    /// RFC 1952.
    case gzip
    /// RFC 1950, or RFC 1951 as some servers send it.
    case deflate
    /// One that was not asked for.
    case other
}
