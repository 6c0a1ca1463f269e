/// Recognises text in the encoding that spreadsheets in China write.
package enum LegacyText {
    /// Whether bytes that are no UTF-8 look like GBK: all that is not ASCII stands in pairs of that encoding, and most
    /// pairs are characters in common use (rows 16 to 87 of GB 2312).
    package static func looksLikeGBK(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var pairs = 0
        var common = 0
        var at = 0
        while at < text.count {
            guard text[at] >= 0x80 else {
                at += 1
                continue
            }
            guard at + 1 < text.count, (0x81...0xFE).contains(text[at]), (0x40...0xFE).contains(text[at + 1]),
                text[at + 1] != 0x7F
            else { return false }
            pairs += 1
            if (0xB0...0xF7).contains(text[at]), text[at + 1] >= 0xA1 { common += 1 }
            at += 2
        }
        return pairs > 0 && common * 2 > pairs
    }

    /// What to add to the message about such text; nothing for any other.
    static func advice(_ text: UnsafeBufferPointer<UInt8>) -> String {
        looksLikeGBK(text) ? "; it looks like GBK, which --encoding gbk reads" : ""
    }
}
