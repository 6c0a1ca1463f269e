// The standard library has normal form C, and no public name for it yet.
@_spi(_Unicode) import Swift

/// Unicode's normal form C, which some models have their text brought to.
enum NormalForm {
    /// The text in normal form C; nil if it is so already because all characters are below U+0300.
    static func composed(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        guard text.contains(where: { $0 >= 0xCC }) else { return nil }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: String(decoding: text, as: UTF8.self)._nfc)
        return String(scalars)
    }
}
