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

    /// L, any letter.
    static let letter: ScalarClass = [.upper, .lower]

    /// Whether it is of at least one of these classes.
    @inline(__always)
    func isAny(of classes: ScalarClass) -> Bool { rawValue & classes.rawValue != 0 }
}
