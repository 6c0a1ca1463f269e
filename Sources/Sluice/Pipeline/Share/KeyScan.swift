internal import SluiceCore

/// Finds keys in replies: some servers, made to look at requests, send back the headers they got.
struct KeyScan: Sendable {
    private let keys: [[UInt8]]
    /// Whether a key begins with these two bytes; so the number of keys costs nothing.
    private var starts: [Bool] = []

    /// Keys of fewer than eight characters are not looked for.
    init(_ keys: [Secret]) {
        self.keys = keys.map { $0.reveal { Array($0.utf8) } }.filter { $0.count >= 8 }
        guard !self.keys.isEmpty else { return }
        starts = [Bool](repeating: false, count: 1 << 16)
        for key in self.keys { starts[Self.pair(key[0], key[1])] = true }
    }

    /// Whether one of the keys is in the bytes.
    func finds(in bytes: Bytes) -> Bool {
        guard !keys.isEmpty, bytes.count >= 8 else { return false }
        return bytes.withUnsafeBytes { bytes in
            for at in 0..<bytes.count - 1 where starts[Self.pair(bytes[at], bytes[at + 1])] {
                if keys.contains(where: { bytes[at...].starts(with: $0) }) { return true }
            }
            return false
        }
    }

    private static func pair(_ first: UInt8, _ second: UInt8) -> Int { Int(first) << 8 | Int(second) }
}
