extension Bytes {
    /// The JSON text in one line: what breaks lines between its tokens becomes blanks; inside strings there is nothing of it.
    ///
    /// Whoever writes JSON that came from elsewhere into a file of lines needs this: some servers indent what they send.
    package var singleLine: Bytes {
        let isWhole = withUnsafeBytes { text in
            // A string, as most answers are, has no blanks outside of it.
            text.first == UInt8(ascii: "\"") || !text.contains { $0 == 0x0A || $0 == 0x0D }
        }
        return isWhole ? self : Bytes(array.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    }
}
