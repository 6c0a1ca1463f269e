extension JSON {
    /// A name and its value inside an object.
    public struct Member: Sendable {
        /// The text between the quotes of the name, still escaped.
        package let name: Bytes
        /// The value.
        public let value: JSON
        /// Where name and value stand in the object's ``JSON/raw``.
        package let range: Range<Int>

        /// The name with its escapes resolved.
        public var text: String { name.withUnsafeBytes { JSON.unescape($0) } }

        /// Whether the name is exactly this one; for names that the program knows, of which there are many for a row.
        @inline(__always)
        package func isNamed(_ wanted: StaticString) -> Bool {
            let wanted = UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)
            return name.withUnsafeBytes { JSON.isName($0, wanted) }
        }

        /// Whether the name is exactly this one.
        package func hasName(_ wanted: String) -> Bool {
            var wanted = wanted
            return wanted.withUTF8 { wanted in name.withUnsafeBytes { JSON.isName($0, wanted) } }
        }
    }
}
