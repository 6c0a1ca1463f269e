public import SluiceCore

/// A vocabulary as OpenAI publishes it and tiktoken caches it: a line for each token, in base64, with its rank.
public struct PublishedFile: Sendable {
    /// The name of the encoding that it belongs to.
    public let name: String
    /// The name that it has in the folder `TIKTOKEN_CACHE_DIR`: the SHA-1 of its address.
    public let cacheName: String
    private let vocabulary: Vocabulary

    /// The file behind an encoding; nil for an encoding that OpenAI does not publish.
    public init?(of encoding: Encoding) {
        let names = [
            "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
            "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
            "p50k_base": "ec7223a39ce59f226a68acc30dc1af2788490e15",
            "r50k_base": "0ea1e91bbb3a60f729a8dc8f777fd2fc07cd8df4",
        ]
        let shared = ["o200k_harmony": "o200k_base", "p50k_edit": "p50k_base"]
        name = shared[encoding.name] ?? encoding.name
        guard let cacheName = names[name] else { return nil }
        self.cacheName = cacheName
        vocabulary = encoding.vocabulary
    }

    /// The whole file, rebuilt from the vocabulary in the binary.
    public var text: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(vocabulary.count * 20)
        for id in 0..<vocabulary.count {
            guard let token = vocabulary.bytes(ofExternal: id) else { continue }
            Self.appendBase64(token, to: &text)
            text.append(0x20)
            text += String(id).utf8
            text.append(0x0A)
        }
        return text
    }

    /// Compares a file on disk with the vocabulary in the binary.
    ///
    /// Where they are the same, byte for byte, so are all counts.
    /// - Throws: ``SluiceError`` of code `configuration` if the file has other tokens; `path` is named.
    public func check(_ content: Bytes, path: String) throws(SluiceError) {
        let own = text
        let same = content.withUnsafeBytes { content in
            own.withUnsafeBufferPointer { own in zip(content, own).prefix { $0 == $1 }.count }
        }
        if same == own.count, same == content.count { return }
        let line = own[..<same].reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        throw SluiceError(
            .configuration, "not the published vocabulary of \(name)",
            hint: "remove the file, or count without --vocab-dir: the vocabulary is part of sluice", file: path,
            line: line)
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func appendBase64(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let group = bytes[at..<min(at + 3, bytes.endIndex)]
            var bits = 0
            for index in 0..<3 {
                bits = bits << 8 | (index < group.count ? Int(group[group.startIndex + index]) : 0)
            }
            for index in 0..<4 {
                text.append(index <= group.count ? digits[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
            at += 3
        }
    }
}
