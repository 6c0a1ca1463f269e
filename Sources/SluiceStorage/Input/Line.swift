/// A line of a file, lent for the length of a call.
package struct Line {
    /// Its number, from 1, blank lines counted.
    package let number: Int
    /// The offset in the file at which it starts.
    package let offset: Int
    /// Its bytes without line end and byte order mark; empty if it ``isTooLong``.
    package let text: UnsafeBufferPointer<UInt8>
    /// How many bytes it has, without its line feed.
    package let count: Int
    /// Whether it was longer than the limit and its bytes were thrown away.
    package let isTooLong: Bool
    /// Whether a line feed ends it; only the last line of a file may lack it.
    package let isTerminated: Bool
}
