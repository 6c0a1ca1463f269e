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
        public var text: String { JSON.unescape(name) }

        /// Whether the name is exactly this one.
        package func isNamed(_ other: String) -> Bool {
            var other = other
            return other.withUTF8 { wanted in
                name.withUnsafeBytes { found in
                    if found.count == wanted.count, found.elementsEqual(wanted) { return true }
                    // A shorter text cannot become equal by resolving escapes: they only shrink it.
                    guard found.count > wanted.count, found.contains(UInt8(ascii: "\\")) else { return false }
                    return JSON.unescape(name).utf8.elementsEqual(wanted)
                }
            }
        }
    }
}
