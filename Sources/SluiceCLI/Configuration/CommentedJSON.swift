/// JSON with comments behind `//`, as GPTWrapper's documentation writes its configuration.
enum CommentedJSON {
    /// The text with blanks in the place of comments, so that lines and columns stay; any other text as it is.
    static func withoutComments(_ text: String) -> String {
        guard text.first(where: { !$0.isWhitespace }) == "{", text.contains("//") else { return text }
        var bytes = Array(text.utf8)
        var isText = false
        var at = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\\") where isText: at += 1
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "/") where !isText && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "/"):
                while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
                    bytes[at] = UInt8(ascii: " ")
                    at += 1
                }
                continue
            default: break
            }
            at += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
