package import SluiceCore

/// Reads the beginning of a file that will be read again.
package enum FirstRecords {
    /// Calls a closure with the first rows, a few at most; bad lines are passed over.
    /// - Throws: ``SluiceError`` of code `io` if the file cannot be read.
    package static func read(
        _ source: InputSource, count: Int, _ body: (Record) -> Void
    ) throws(SluiceError) {
        let file = try source.open()
        var seen = 0
        do throws(SystemError) {
            _ = try LineFile.read(file, lineLimit: 64 << 20, shouldStop: { _ in seen >= count }) { line in
                guard seen < count, !line.isTooLong else { return }
                seen += 1
                body(Record(line: line.number, bytes: Bytes(Array(line.text))))
            }
        } catch {
            throw error.stopping("read", source.name)
        }
    }
}
