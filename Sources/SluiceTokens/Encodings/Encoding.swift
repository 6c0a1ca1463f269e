/// A way to turn text into tokens: a vocabulary, a pattern that splits text and the special tokens.
///
/// Loaded once, then immutable; a ``Counter`` does the work. Text is always ordinary text: what looks like a special
/// token in it is not one, as in the contents that an API takes.
public struct Encoding: Sendable {
    /// The name, such as `o200k_base`.
    public let name: String
    let pattern: SplitPattern
    let vocabulary: Vocabulary
    /// The text of the special tokens, which only decoding knows.
    let specials: [Int: String]
    /// Whether text is brought to normal form C before it is split.
    var isComposed = false

    /// The text of tokens; nil if one of them is no token of this encoding.
    ///
    /// Bytes that are no UTF-8, as at the edge of a cut, become U+FFFD.
    public func decode(_ tokens: [Int]) -> String? {
        bytes(of: tokens).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of tokens; nil if one of them is no token of this encoding.
    public func bytes(of tokens: [Int]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for token in tokens {
            if let special = specials[token] {
                bytes += special.utf8
            } else {
                guard let text = vocabulary.bytes(ofExternal: token) else { return nil }
                bytes += text
            }
        }
        return bytes
    }
}
