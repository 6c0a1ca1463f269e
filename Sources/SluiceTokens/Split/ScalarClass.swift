/// What kind of character a Unicode scalar is, as far as the split patterns ask.
///
/// The table is pinned to the Unicode version of tiktoken (16.0), not to the standard library's, and is made from
/// tiktoken itself by `scripts/tokens/pack-classes.py`.
struct ScalarClass: OptionSet {
    let rawValue: UInt8

    /// Lu and Lt, and the letters without case: Lm and Lo.
    static let upper = ScalarClass(rawValue: 1)
    /// Ll, and the letters without case: Lm and Lo.
    static let lower = ScalarClass(rawValue: 2)
    /// M, a mark on another character.
    static let mark = ScalarClass(rawValue: 4)
    /// N, a number of any kind.
    static let number = ScalarClass(rawValue: 8)
    /// What `\s` matches.
    static let blank = ScalarClass(rawValue: 16)
    /// A carriage return or line feed, which is a blank, too.
    static let lineEnd = ScalarClass(rawValue: 32)
    /// P, punctuation.
    static let punctuation = ScalarClass(rawValue: 64)
    /// S, a symbol.
    static let symbol = ScalarClass(rawValue: 128)

    // Written as numbers: the array that a list of options is made of is not always optimised away, and these are
    // asked for with each character.

    /// L, any letter.
    static let letter = ScalarClass(rawValue: 1 | 2)
    /// Any letter or mark.
    static let letterOrMark = ScalarClass(rawValue: 1 | 2 | 4)
    /// What the first part of a word may have.
    static let upperOrMark = ScalarClass(rawValue: 1 | 4)
    /// What the second part of a word has.
    static let lowerOrMark = ScalarClass(rawValue: 2 | 4)
    /// Punctuation or a symbol.
    static let punctuationOrSymbol = ScalarClass(rawValue: 64 | 128)
    /// A blank or a number.
    static let blankOrNumber = ScalarClass(rawValue: 8 | 16)
    /// A letter, number or blank.
    static let letterNumberOrBlank = ScalarClass(rawValue: 1 | 2 | 8 | 16)

    /// Whether it is of at least one of these classes.
    @inline(__always)
    func isAny(of classes: ScalarClass) -> Bool { rawValue & classes.rawValue != 0 }
}
