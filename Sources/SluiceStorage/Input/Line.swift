/// A row of an input, or a line of an output, lent for the length of a call.
package struct Line {
    /// The number of its line, from 1, blank lines counted; of several lines in one row the first.
    package let number: Int
    /// The offset at which it starts in the file, or in what a packed file holds.
    package let offset: Int
    /// The row: a line without line end and byte order mark, a table's row as a JSON object; empty if it ``isTooLong``.
    package let text: UnsafeBufferPointer<UInt8>
    /// The bytes that it was made of, without line end.
    package let source: UnsafeBufferPointer<UInt8>
    /// How many bytes it has, without its line feed.
    package let count: Int
    /// Whether it was longer than the limit and its bytes were thrown away.
    package let isTooLong: Bool
    /// Whether a line feed ends it; only the last line of a file may lack it.
    package let isTerminated: Bool
    /// Why it cannot be a row, if that was seen when it was cut out.
    package let defect: String?
    /// The name of the file that is this row, where rows are files of a folder.
    package let fileName: String?

    init(
        number: Int, offset: Int, text: UnsafeBufferPointer<UInt8>, source: UnsafeBufferPointer<UInt8>? = nil,
        count: Int, isTooLong: Bool = false, isTerminated: Bool, defect: String? = nil, fileName: String? = nil
    ) {
        self.number = number
        self.offset = offset
        self.text = text
        self.source = source ?? text
        self.count = count
        self.isTooLong = isTooLong
        self.isTerminated = isTerminated
        self.defect = defect
        self.fileName = fileName
    }

    /// The line with another text in the place of its own.
    func replacingText(_ text: UnsafeBufferPointer<UInt8>) -> Line {
        Line(
            number: number, offset: offset, text: text, source: source, count: count, isTooLong: isTooLong,
            isTerminated: isTerminated, defect: defect, fileName: fileName)
    }
}
