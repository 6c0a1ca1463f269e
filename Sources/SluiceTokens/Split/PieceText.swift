internal import CVocabularies

/// Text that is cut into pieces: UTF-8 bytes, read character by character with their classes.
///
/// What is not UTF-8 is read as characters of one byte without a class; no read goes beyond the bytes.
struct PieceText {
    let base: UnsafePointer<UInt8>
    let end: Int
    private let blocks: UnsafePointer<UInt8>
    private let classes: UnsafePointer<UInt8>

    init(_ base: UnsafePointer<UInt8>, end: Int) {
        self.base = base
        self.end = end
        blocks = sluice_classes().bytes
        classes = blocks + 0x110000 / 256
    }

    /// The class of the character at an offset, which must be inside the text, and its length in bytes.
    @inline(__always)
    func character(_ at: Int) -> (class: ScalarClass, length: Int) {
        let byte = base[at]
        if byte < 0x80 { return (ScalarClass(rawValue: classes[Int(byte)]), 1) }
        return longCharacter(at, byte)
    }

    /// The class of the ASCII character at an offset, or nil for any other character.
    @inline(__always)
    func asciiClass(_ byte: UInt8) -> ScalarClass? {
        byte < 0x80 ? ScalarClass(rawValue: classes[Int(byte)]) : nil
    }

    @inline(__always)
    private func longCharacter(_ at: Int, _ byte: UInt8) -> (class: ScalarClass, length: Int) {
        let left = end - at
        if byte >= 0xE0, byte < 0xF0, left >= 3 {
            let second = base[at + 1]
            let third = base[at + 2]
            if second & 0xC0 == 0x80, third & 0xC0 == 0x80 {
                return (scalarClass(Int(byte & 0x0F) << 12 | Int(second & 0x3F) << 6 | Int(third & 0x3F)), 3)
            }
        } else if byte >= 0xC2, byte < 0xE0, left >= 2 {
            let second = base[at + 1]
            if second & 0xC0 == 0x80 { return (scalarClass(Int(byte & 0x1F) << 6 | Int(second & 0x3F)), 2) }
        } else if byte >= 0xF0, byte < 0xF5, left >= 4 {
            let scalar =
                Int(byte & 0x07) << 18 | Int(base[at + 1] & 0x3F) << 12 | Int(base[at + 2] & 0x3F) << 6
                | Int(base[at + 3] & 0x3F)
            let isSequence = base[at + 1] & 0xC0 == 0x80 && base[at + 2] & 0xC0 == 0x80 && base[at + 3] & 0xC0 == 0x80
            if isSequence, scalar < 0x110000 { return (scalarClass(scalar), 4) }
        }
        return (ScalarClass(rawValue: 0), 1)
    }

    @inline(__always)
    private func scalarClass(_ scalar: Int) -> ScalarClass {
        ScalarClass(rawValue: classes[Int(blocks[scalar >> 8]) << 8 | scalar & 0xFF])
    }
}
