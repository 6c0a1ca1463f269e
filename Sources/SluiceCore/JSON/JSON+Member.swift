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

        /// Whether the name is exactly this one.
        package func isNamed(_ other: String) -> Bool {
            var other = other
            return other.withUTF8 { wanted in name.withUnsafeBytes { JSON.isName($0, wanted) } }
        }
    }
}
