/// The English contractions that the patterns name: 's, 't, 're, 've, 'm, 'll and 'd.
enum Contraction {
    /// Where the contraction ends that starts with the apostrophe at `at`, or nil if there is none, in any case.
    ///
    /// In patterns that ignore case, `s` matches U+017F (long s), too, as simple case folding has it.
    @inline(__always)
    static func end(_ text: PieceText, _ at: Int, ignoringCase: Bool) -> Int? {
        guard at + 1 < text.end else { return nil }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        switch text.base[at + 1] | fold {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return at + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return at + 2 < text.end && text.base[at + 2] | fold == UInt8(ascii: "e") ? at + 3 : nil
        case UInt8(ascii: "l"):
            return at + 2 < text.end && text.base[at + 2] | fold == UInt8(ascii: "l") ? at + 3 : nil
        case 0xC5 | fold where ignoringCase:
            return text.base[at + 1] == 0xC5 && at + 2 < text.end && text.base[at + 2] == 0xBF ? at + 3 : nil
        default: return nil
        }
    }
}
