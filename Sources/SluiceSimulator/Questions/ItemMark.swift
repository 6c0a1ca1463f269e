import SluiceCore

/// The `item-0000001` by which a prompt says which row it is, so that answers and rows can be matched.
struct ItemMark: Sendable, Equatable {
    /// The mark as written.
    let text: String
    /// The number in it.
    let number: Int

    private static let prefix = Array("item-".utf8)
    private static let mostDigits = 18

    /// The first mark in a text, escaped or not.
    init?(in bytes: Bytes) {
        let found = bytes.withUnsafeBytes { buffer -> (String, Int)? in
            var at = 0
            while at + Self.prefix.count < buffer.count {
                guard buffer[at] == Self.prefix[0], buffer[at..<at + Self.prefix.count].elementsEqual(Self.prefix)
                else {
                    at += 1
                    continue
                }
                var end = at + Self.prefix.count
                var number = 0
                while end < buffer.count, end - at < Self.prefix.count + Self.mostDigits, buffer[end] &- 0x30 < 10 {
                    number = number * 10 + Int(buffer[end] - 0x30)
                    end += 1
                }
                if end > at + Self.prefix.count {
                    return (String(decoding: buffer[at..<end], as: UTF8.self), number)
                }
                at = end
            }
            return nil
        }
        guard let found else { return nil }
        (text, number) = found
    }
}
