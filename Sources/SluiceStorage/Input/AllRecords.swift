package import SluiceCore

/// Reads all rows of a source, one after the other, on the calling thread.
package enum AllRecords {
    /// Calls a closure with each row, and with each line that cannot be one, in order.
    /// - Parameter lineLimit: a longer line, in bytes, becomes a ``BadLine``.
    /// - Throws: ``SluiceError`` of code `io` if the source cannot be read.
    package static func read(
        _ source: InputSource, lineLimit: Int = 64 << 20, _ body: (FeedItem) -> Void
    ) throws(SluiceError) {
        _ = try InputReader.read(source, lineLimit: lineLimit, shouldStop: { _ in false }) { line in
            if let bad = BadLine(line, limit: lineLimit) {
                body(.bad(bad))
            } else {
                body(.record(Record(line: line.number, bytes: Bytes(Array(line.text)))))
            }
        }
    }
}
