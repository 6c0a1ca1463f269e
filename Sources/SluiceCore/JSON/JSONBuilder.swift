/// Writes one JSON value as bytes, without blanks.
///
/// The caller sees to the grammar; members and elements get their commas by themselves.
public struct JSONBuilder: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// An empty text.
    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Opens an object, as a value.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    /// Closes the innermost object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    /// Opens an array, as a value.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    /// Closes the innermost array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes the name of the next member.
    public mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a text as a string.
    public mutating func value(_ text: String) {
        separate()
        appendQuoted(text)
    }

    /// Writes text that is given as UTF-8 as a string; bytes that are not UTF-8 are not noticed.
    package mutating func value(utf8 text: UnsafeBufferPointer<UInt8>) {
        separate()
        appendQuoted(text)
    }

    /// Writes the name of the next member as it is: a JSON string and a colon.
    package mutating func rawKey(_ text: [UInt8]) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = false
    }

    /// Forgets all that was written, but keeps its room.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        needsComma = false
    }

    /// Writes a whole number.
    public mutating func value(_ number: Int) {
        separate()
        appendDecimal(number)
    }

    /// Writes a number; one that is not finite becomes null.
    public mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        raw("\(number)")
    }

    /// Writes `true` or `false`.
    public mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }

    /// Writes `null`.
    public mutating func null() { raw("null") }

    /// Writes JSON text as it is, as a value.
    public mutating func raw(_ text: Bytes) {
        separate()
        bytes.append(text)
    }

    /// Writes members or elements that are JSON text already, as they are; nothing if there are none.
    package mutating func rawMembers(_ text: Bytes) {
        guard !text.isEmpty else { return }
        raw(text)
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func appendDecimal(_ number: Int) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func appendQuoted(_ text: String) {
        var text = text
        text.withUTF8 { appendQuoted($0) }
    }

    private mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var at = 0
        while at < text.count {
            let next = Self.firstToEscape(text, from: at)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[at..<next]))
            if next < text.count { appendEscape(text[next]) }
            at = next + 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The offset of the first byte at or after `start` that a string must not hold as it is, or the end.
    private static func firstToEscape(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = text.baseAddress else { return text.count }
        var at = start
        while at + ByteBlock.count <= text.count {
            let block = ByteBlock(base + at)
            let hits = block.equal(UInt8(ascii: "\"")) .| block.equal(UInt8(ascii: "\\")) .| block.controls
            if let hit = ByteBlock.first(hits) { return at + hit }
            at += ByteBlock.count
        }
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20: return at
            default: at += 1
            }
        }
        return at
    }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            let low = byte & 15
            bytes.append(contentsOf: [UInt8(ascii: "u"), 0x30, 0x30, 0x30 + byte >> 4, low + (low < 10 ? 0x30 : 0x57)])
        }
    }
}
