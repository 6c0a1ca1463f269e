extension JSON {
    /// The members of an object in their order, or none for any other value.
    public var members: [Member] {
        guard kind == .object else { return [] }
        var found: [Member] = []
        // Rows and replies have about as many members; growing step by step costs as much as the walk.
        found.reserveCapacity(8)
        forEachMember { found.append($0) }
        return found
    }

    /// Calls a closure with each member of an object, in order.
    @inline(__always)
    package func forEachMember(_ body: (Member) -> Void) {
        guard kind == .object else { return }
        raw.withUnsafeBytes { buffer in
            let scanner = JSONScanner(buffer)
            var cursor = scanner.blanks(1)
            while let (name, value) = scanner.nextMember(&cursor) {
                body(
                    Member(
                        name: raw[name], value: JSON(trusted: raw[value]),
                        range: name.lowerBound - 1..<value.upperBound))
            }
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
                while let (name, value) = scanner.nextMember(&cursor) {
                    if JSON.isName(UnsafeBufferPointer(rebasing: buffer[name]), wanted) { found = value }
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
