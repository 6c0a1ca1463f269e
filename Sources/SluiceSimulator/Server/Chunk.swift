/// The chunked transfer coding (RFC 9112 §7.1).
enum Chunk {
    /// The end of a body without trailers.
    static let last = Array("0\r\n\r\n".utf8)

    /// A chunk; nothing for no bytes, since an empty chunk would end the body.
    static func coded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : coded(bytes, size: String(bytes.count, radix: 16))
    }

    /// A chunk that says what it likes about its size; `size` is the whole line without its end.
    static func coded(_ bytes: [UInt8], size: String) -> [UInt8] {
        var chunk = Array(size.utf8)
        chunk += [0x0D, 0x0A]
        chunk += bytes
        chunk += [0x0D, 0x0A]
        return chunk
    }
}
