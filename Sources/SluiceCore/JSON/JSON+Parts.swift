extension JSON {
    /// The members of an object in their order, or none for any other value.
    public var members: Members { Members(of: self) }

    /// Calls a closure with each member of an object, in order.
    @inlinable
    @inline(__always)
    package func forEachMember(_ body: (Member) -> Void) {
        let raw = raw
        forEachPlace { body(Member(raw, $0)) }
    }

    @inlinable
    @inline(__always)
    func forEachPlace(_ body: (Place) -> Void) {
        guard kind == .object else { return }
        raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var cursor = scanner.blanks(1)
            while let place = scanner.nextMember(&cursor) { body(place) }
        }
    }

    /// Calls a closure with each element of an array, in order, until it returns false.
    @inlinable
    @inline(__always)
    package func forEachElement(_ body: (JSON) -> Bool) {
        guard kind == .array else { return }
        raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var cursor = scanner.blanks(1)
            while let element = scanner.nextElement(&cursor), body(JSON(trusted: raw[element])) {}
        }
    }

    /// The elements of an array, or none for any other value.
    public var elements: [JSON] {
        guard kind == .array else { return [] }
        return raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var found: [JSON] = []
            var cursor = scanner.blanks(1)
            while let element = scanner.nextElement(&cursor) { found.append(JSON(trusted: raw[element])) }
            return found
        }
    }

    /// The first element of an array.
    public var first: JSON? {
        guard kind == .array else { return nil }
        return raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var cursor = scanner.blanks(1)
            return scanner.nextElement(&cursor).map { JSON(trusted: raw[$0]) }
        }
    }

    /// The value of a member; of several with one name the last, as Python and JavaScript read it.
    public subscript(name: String) -> JSON? {
        guard kind == .object else { return nil }
        var name = name
        let range = name.withUTF8 { wanted in
            raw.withUnsafeBytes { buffer in
                let scanner = JSONScanner(buffer)
                var cursor = scanner.blanks(1)
                var found: Range<Int>?
                while let place = scanner.nextMember(&cursor) {
                    if JSON.isName(UnsafeBufferPointer(rebasing: buffer[place.name]), wanted) { found = place.value }
                }
                return found
            }
        }
        return range.map { JSON(trusted: raw[$0]) }
    }

    /// Whether a name as written, perhaps with escapes, is the wanted text.
    @inline(__always)
    static func isName(_ written: UnsafeBufferPointer<UInt8>, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        // Escapes are longer than what they stand for, so a shorter text cannot become equal by resolving them.
        guard written.count >= wanted.count else { return false }
        if written.count > wanted.count {
            return written.contains(UInt8(ascii: "\\")) && unescape(written).utf8.elementsEqual(wanted)
        }
        // Most names differ in their first bytes.
        for index in 0..<wanted.count where written[index] != wanted[index] { return false }
        return !wanted.contains(UInt8(ascii: "\\"))
    }
}
