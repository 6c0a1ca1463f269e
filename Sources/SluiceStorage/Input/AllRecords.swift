package import SluiceCore

/// Reads all rows of a source, one after the other, on the calling thread.
package enum AllRecords {
    /// Calls a closure with each row, and with each line that is too long to be one, in order.
    /// - Parameter lineLimit: a longer line, in bytes, becomes a ``BadLine``.
    /// - Throws: ``SluiceError`` of code `io` if the source cannot be read.
    package static func read(
        _ source: InputSource, lineLimit: Int = 64 << 20, _ body: (FeedItem) -> Void
    ) throws(SluiceError) {
        let file = try source.open()
        do throws(SystemError) {
            _ = try LineFile.read(file, lineLimit: lineLimit, shouldStop: { _ in false }) { line in
                body(
                    line.isTooLong
                        ? .bad(BadLine(tooLong: line, limit: lineLimit))
                        : .record(Record(line: line.number, bytes: Bytes(Array(line.text)))))
            }
        } catch {
            throw error.stopping("read", source.name)
        }
    }
}
