import SluiceCore

/// Writes JSON values in one way only: each with a letter for its kind and with its length, members sorted by name.
///
/// Since every part tells its length, no two values have one encoding, whatever texts they hold.
struct CanonicalEncoder: Sendable, Hashable {
    /// A member of an object, with its name as it is compared.
    struct Member {
        private let name: Bytes
        private let isOdd: Bool
        fileprivate let value: JSON
        /// Members of one name keep their order: what a provider makes of them depends on it.
        private let place: Int

        init(_ member: JSON.Member, at place: Int) {
            (name, isOdd) = CanonicalEncoder.resolved(member.name)
            value = member.value
            self.place = place
        }

        func isNamed(_ text: String) -> Bool { !isOdd && name == Bytes(text) }

        fileprivate static func precedes(_ left: Member, _ right: Member) -> Bool {
            left.name.withUnsafeBytes { a in
                right.name.withUnsafeBytes { b in
                    if a.elementsEqual(b) { return left.place < right.place }
                    return a.lexicographicallyPrecedes(b)
                }
            }
        }

        fileprivate func appendName(to encoder: inout CanonicalEncoder) { encoder.append(text: name, isOdd: isOdd) }
    }

    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Writes a JSON value.
    mutating func append(_ json: JSON) {
        switch json.kind {
        case .object:
            var members = json.members.enumerated().map { Member($1, at: $0) }
            append(&members)
        case .array:
            let elements = json.elements
            begin("a", elements.count)
            for element in elements { append(element) }
        case .string:
            let (text, isOdd) = Self.resolved(json.raw[1..<json.raw.count - 1])
            append(text: text, isOdd: isOdd)
        case .number: appendNumber(json.raw)
        case .bool: bytes.append(json.raw[0])
        case .null: bytes.append(UInt8(ascii: "z"))
        }
    }

    /// Writes an object.
    mutating func append(_ members: inout [Member]) {
        members.sort(by: Member.precedes)
        begin("o", members.count)
        for member in members {
            member.appendName(to: &self)
            append(member.value)
        }
    }

    /// Writes a text that is given as bytes.
    mutating func append(text: UnsafeRawBufferPointer) {
        begin("s", text.count)
        bytes.append(contentsOf: text)
    }

    /// Writes a text, or the spelling of one that has no other form.
    mutating func append(text: Bytes, isOdd: Bool = false) {
        begin(isOdd ? "r" : "s", text.count)
        bytes.append(text)
    }

    /// A number by its value: 1, 1.0 and 10e-1 are one, 0 and -0 are too; exact for any length.
    private mutating func appendNumber(_ raw: Bytes) {
        guard let number = CanonicalNumber(raw) else { return append(text: raw, isOdd: true) }
        begin("n", number.digits.count)
        bytes += number.digits
        bytes.append(number.isNegative ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        appendVariable(UInt64(bitPattern: Int64(number.exponent)))
    }

    private mutating func begin(_ kind: Unicode.Scalar, _ count: Int) {
        bytes.append(UInt8(ascii: kind))
        appendVariable(UInt64(count))
    }

    /// Seven bits a byte, the lowest first; the top bit says that more follow (LEB128).
    private mutating func appendVariable(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The text of a string, given by what stands between its quotes.
    ///
    /// A lone surrogate has no text. Such a string keeps its spelling, so that it is not taken for one that holds
    /// U+FFFD.
    fileprivate static func resolved(_ written: Bytes) -> (text: Bytes, isOdd: Bool) {
        guard written.withUnsafeBytes({ JSON.hasEscapes($0) }) else { return (written, false) }
        let quoted = [UInt8(ascii: "\"")] + written.array + [UInt8(ascii: "\"")]
        let text = JSON(trusted: Bytes(quoted)).string ?? ""
        return text.unicodeScalars.contains("\u{FFFD}") ? (written, true) : (Bytes(text), false)
    }
}
