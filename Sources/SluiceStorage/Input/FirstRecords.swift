package import SluiceCore

/// Reads the beginning of a file that will be read again.
package enum FirstRecords {
    /// Calls a closure with the first rows, a few at most; bad lines are passed over.
    /// - Parameter isEnough: Asked now and then whether to stop before.
    /// - Throws: ``SluiceError`` of code `io` if the file cannot be read.
    package static func read(
        _ source: InputSource, count: Int, until isEnough: () -> Bool = { false }, _ body: (Record) -> Void
    ) throws(SluiceError) {
        var seen = 0
        _ = try InputReader.read(source, lineLimit: 64 << 20, shouldStop: { _ in seen >= count || isEnough() }) {
            line in
            guard seen < count, !line.isTooLong, line.defect == nil else { return }
            seen += 1
            body(Record(line: line.number, bytes: Bytes(Array(line.text))))
        }
    }
}
