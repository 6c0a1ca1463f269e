extension JSON {
    /// The members of an object in their order, found by one walk over its text.
    public struct Members: RandomAccessCollection, Sendable {
        /// The text of the object.
        @usableFromInline package let object: Bytes
        @usableFromInline let places: [Place]

        init(of json: JSON) {
            object = json.raw
            var places: [Place] = []
            // Rows and replies have about as many members; growing step by step costs as much as the walk.
            if json.kind == .object { places.reserveCapacity(8) }
            json.forEachPlace { places.append($0) }
            self.places = places
        }

        /// The place of the first member.
        @inlinable public var startIndex: Int { 0 }

        /// The number of members.
        @inlinable public var endIndex: Int { places.count }

        /// A member, with a reference to the text of the object.
        @inlinable public subscript(index: Int) -> Member { Member(object, places[index]) }

        /// Lends the places of the members and the text in which they are.
        @inlinable
        package func withPlaces<R>(_ body: ([Place], UnsafeBufferPointer<UInt8>) -> R) -> R {
            object.withUnsafeBytes { body(places, $0) }
        }
    }
}
