extension JSON {
    /// Where a member stands in the text of its object.
    @usableFromInline
    package struct Place: Sendable {
        /// The text between the quotes of the name.
        @usableFromInline package let name: Range<Int>
        @usableFromInline package let value: Range<Int>
        /// Whether the name is written with escapes, which almost none is.
        @usableFromInline let isEscaped: Bool

        init(name: Range<Int>, value: Range<Int>, isEscaped: Bool) {
            self.name = name
            self.value = value
            self.isEscaped = isEscaped
        }

        /// Name and value together.
        package var range: Range<Int> { name.lowerBound - 1..<value.upperBound }

        /// Whether the name is written as exactly this text, without escapes.
        @inlinable
        @inline(__always)
        package func isWritten(_ wanted: StaticString, in text: UnsafeBufferPointer<UInt8>) -> Bool {
            // Most names differ in length or in their first bytes.
            guard name.count == wanted.utf8CodeUnitCount, !isEscaped, let base = text.baseAddress else { return false }
            let start = wanted.utf8Start
            for index in 0..<name.count where base[name.lowerBound + index] != start[index] { return false }
            return true
        }

        /// Whether the name is exactly this text, its escapes resolved.
        package func isNamed(_ wanted: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Bool {
            wanted.withUnsafeBufferPointer { JSON.isName(UnsafeBufferPointer(rebasing: text[name]), $0) }
        }
    }
}
