extension JSON {
    /// A name and its value inside an object.
    public struct Member: Sendable {
        @usableFromInline let object: Bytes
        @usableFromInline let place: Place

        @inlinable
        init(_ object: Bytes, _ place: Place) {
            self.object = object
            self.place = place
        }

        /// The text between the quotes of the name, still escaped.
        @inlinable package var name: Bytes { object[place.name] }

        /// The value.
        @inlinable public var value: JSON { JSON(trusted: object[place.value]) }

        /// Where name and value stand in the object's ``JSON/raw``.
        package var range: Range<Int> { place.range }

        /// The name with its escapes resolved.
        public var text: String { name.withUnsafeBytes { JSON.unescape($0) } }

        /// Whether the name is exactly this one; for names that the program knows, of which there are many for a row.
        @inlinable
        @inline(__always)
        package func isNamed(_ wanted: StaticString) -> Bool {
            if place.isEscaped { return hasEscapedName(wanted) }
            return object.withUnsafeBytes { place.isWritten(wanted, in: $0) }
        }

        /// Whether the name is exactly this one.
        package func hasName(_ wanted: String) -> Bool {
            var wanted = wanted
            return wanted.withUTF8 { wanted in name.withUnsafeBytes { JSON.isName($0, wanted) } }
        }

        @usableFromInline
        @inline(never)
        func hasEscapedName(_ wanted: StaticString) -> Bool {
            let wanted = UnsafeBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)
            return name.withUnsafeBytes { JSON.isName($0, wanted) }
        }
    }
}
