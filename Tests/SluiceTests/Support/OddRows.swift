import SluiceCore

/// Rows that are hard to carry: whatever JSON and text files may hold, drawn from a seed.
struct OddRows {
    private var random: SplitMix64
    private var items = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// A number below a bound.
    mutating func number(_ bound: Int) -> Int { random.below(bound) }

    /// Pieces of JSON strings: line ends that only Unicode knows, NUL, lone surrogates, escapes in every form.
    private static let pieces = [
        "plain", "\u{85}", "\u{2028}", "\u{2029}", #"\u0000"#, #"\ud800"#, #"\udfff\ud800"#, #"\u00e9"#, "é",
        "e\u{301}",
        "\u{FEFF}", #"\/"#, "/", #"\\"#, #"\""#, #"\n"#, #"\r\n"#, "\u{7F}", "😀", #"\uD83D\uDE00"#, "{{x}}",
        "<|endoftext|>",
    ]
    private static let numbers = [
        "1e400", "-0.0", "1.50", "0.1e-400", "123456789012345678901234567890", "1E+2", "-1", "0", "9007199254740993",
    ]

    private mutating func string() -> String {
        (0..<number(4)).map { _ in Self.pieces[number(Self.pieces.count)] }.joined()
    }

    private mutating func value(_ depth: Int = 0) -> String {
        switch number(depth < 6 ? 9 : 6) {
        case 0, 1: "\"\(string())\""
        case 2, 3: Self.numbers[number(Self.numbers.count)]
        case 4: ["null", "true", "false"][number(3)]
        case 5: String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        case 6:
            "[" + (0..<number(4)).map { _ in value(depth + 1) }.joined(separator: blanks() + ",") + blanks() + "]"
        // Of equal names, here and elsewhere, all come back.
        default:
            "{"
                + (0..<number(4)).map { _ in "\"\(["a", "a", "b", string()][number(4)])\":\(value(depth + 1))" }
                .joined(separator: "," + blanks()) + "}"
        }
    }

    private mutating func blanks() -> String { ["", "", " ", "\t", "  "][number(5)] }

    /// A new row, with a text in it that the provider's ledger knows it by.
    mutating func row() -> String {
        items += 1
        let text = "item-\(items) \(string())"
        switch number(8) {
        case 0: return "item-\(items) plain \u{85} text \u{2028} \u{0} \u{B}."
        case 1: return "\"\(text)\""
        default:
            let id = number(2) == 0 ? #""id":"row \#(items) \u2028","# + blanks() : ""
            let members = (0..<number(4)).map { "\"x\($0 / 2)\":\(blanks())\(value())," }.joined()
            return "{\(blanks())\(id)\(members)\"prompt\":\(blanks())\"\(text)\"}"
        }
    }

    /// Inserts, deletes, moves, edits and doubles rows.
    mutating func edit(_ rows: inout [String]) {
        for _ in 0..<1 + number(5) {
            let at = number(rows.count)
            switch number(5) {
            case 0: rows.insert(row(), at: at)
            case 1 where rows.count > 1: rows.remove(at: at)
            case 2: rows.shuffle(using: &random)
            case 3 where rows[at].hasPrefix("{"): rows[at] = rows[at].dropLast() + #","edited":\#(number(9))}"#
            case 4 where !rows[at].contains("\"id\":"): rows.insert(rows[at], at: 0)
            default: break
            }
        }
    }
}
