import SluiceCore

/// Random documents with everything the grammar allows, and random damage to them.
struct RandomJSON {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private static let numbers = [
        "0", "-0", "7", "-1", "10", "91", "1.5", "-0.0", "1e5", "1E+5", "2e-7", "0.1e1", "1e400", "-1e400", "5e-324",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "99999999999999999999", "3.141592653589793238462643383279",
    ]

    private static let pieces = [
        "a", "model", "content", " ", "\\n", "\\\"", "\\\\", "\\/", "\\b\\f\\r\\t", "é", "ü", "中文", "日本", "😀", "\u{7F}",
        "\u{FFFD}", "\u{10FFFF}", "\u{E000}", "{", "}", "[", "]", ":", ",", "\\u0000", "\\u0041", "\\u00e9",
        "\\uD83D\\uDE00",
        "\\ud83d", "\\uDE00", "\\uD800\\u0041", "\\uFFFF", "0123456789", "The committee met on Tuesday at 14:30.",
    ]

    private static let names = ["a", "b", "id", "\\u0061", "content", "\\u0069d", "é", "", "role"]

    private static let damage: [[UInt8]] =
        ["\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", " ", "\n", "\t", "true", "nul", "\\u", "\\uD8"]
        .map { Array($0.utf8) } + [
            [0x00], [0x1F], [0x7F], [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xE0, 0x80, 0xAF],
            [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFE],
            [0xFF], [0xEF, 0xBB, 0xBF],
        ]

    /// A valid document.
    mutating func document() -> [UInt8] {
        var out: [UInt8] = []
        blanks(&out)
        value(&out, depth: 0)
        blanks(&out)
        return out
    }

    /// The document after one to three random changes; it may still be valid.
    mutating func damaged(_ document: [UInt8]) -> [UInt8] {
        var bytes = document
        for _ in 0...random.below(3) {
            let from = random.below(bytes.count + 1)
            let to = min(bytes.count, from + random.below(6))
            switch random.below(6) {
            case 0: bytes.insert(contentsOf: random.pick(Self.damage), at: from)
            case 1: bytes.replaceSubrange(from..<to, with: random.pick(Self.damage))
            case 2: bytes.removeSubrange(from..<to)
            case 3: bytes.insert(contentsOf: bytes[from..<to], at: from)
            case 4: if from < bytes.count { bytes[from] ^= 1 << UInt8(random.below(8)) }
            default: bytes.removeSubrange(from...)
            }
        }
        return bytes
    }

    private mutating func blanks(_ out: inout [UInt8]) {
        while random.chance(20) { out.append(random.pick([0x20, 0x09, 0x0A, 0x0D])) }
    }

    private mutating func value(_ out: inout [UInt8], depth: Int) {
        switch random.below(depth < 5 ? 9 : 6) {
        case 0: out += random.pick(["true", "false", "null"]).utf8
        case 1, 2: out += random.pick(Self.numbers).utf8
        case 3, 4, 5: string(&out)
        case 6: list(&out, "[", "]") { $0.value(&$1, depth: depth + 1) }
        default:
            list(&out, "{", "}") { random, out in
                out += "\"\(random.random.pick(Self.names))\"".utf8
                random.blanks(&out)
                out += ":".utf8
                random.blanks(&out)
                random.value(&out, depth: depth + 1)
            }
        }
    }

    private mutating func list(
        _ out: inout [UInt8], _ open: String, _ close: String, item: (inout RandomJSON, inout [UInt8]) -> Void
    ) {
        out += open.utf8
        blanks(&out)
        for index in 0..<random.below(5) {
            if index > 0 { out += ",".utf8 }
            blanks(&out)
            item(&self, &out)
            blanks(&out)
        }
        out += close.utf8
    }

    private mutating func string(_ out: inout [UInt8]) {
        out += "\"".utf8
        for _ in 0..<random.below(6) { out += random.pick(Self.pieces).utf8 }
        out += "\"".utf8
    }
}

extension SplitMix64 {
    fileprivate mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    fileprivate mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}
