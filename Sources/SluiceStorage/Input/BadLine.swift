package import SluiceCore

/// A line of the input that cannot be a row: it becomes a failed row, the run goes on.
package struct BadLine: Sendable, Equatable {
    /// The number of the line, from 1.
    package let line: Int
    /// What is wrong with it, in lower case.
    package let message: String
    /// Its bytes; nil if it was too long to be held.
    package let bytes: Bytes?

    /// Describes a line that cannot be a row.
    package init(line: Int, message: String, bytes: Bytes? = nil) {
        self.line = line
        self.message = message
        self.bytes = bytes
    }

    /// What is wrong with a line, or nil if it may be a row.
    init?(_ line: Line, limit: Int) {
        if line.isTooLong {
            self.init(line: line.number, message: "the line has \(line.count) bytes, more than \(limit)")
        } else if let defect = line.defect {
            self.init(line: line.number, message: defect, bytes: Bytes(Array(line.source)))
        } else {
            return nil
        }
    }
}
