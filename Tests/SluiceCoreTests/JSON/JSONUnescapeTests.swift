import SluiceCore
import Testing

@Suite struct JSONUnescapeTests {
    private func string(_ inside: String) throws -> String? { try JSON.parse(Bytes("\"\(inside)\"")).string }

    @Test(arguments: [
        (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\b"#, "\u{8}"), (#"\f"#, "\u{C}"), (#"\n"#, "\n"),
        (#"\r"#, "\r"),
        (#"\t"#, "\t"), (#"\u0000"#, "\0"), (#"\u0041"#, "A"), (#"\u00e9"#, "é"), (#"\u00E9"#, "é"), (#"\u4e2d"#, "中"),
        (#"\uFFFF"#, "\u{FFFF}"), (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00"#, "😀"), (#"\uD800\uDC00"#, "\u{10000}"),
        (#"\uDBFF\uDFFF"#, "\u{10FFFF}"), (#"\\n"#, "\\n"), (#"\\u0041"#, "\\u0041"), (#"\\\n"#, "\\\n"), ("", ""),
    ])
    func `an escape becomes what it stands for`(written: String, meant: String) throws {
        for before in ["", "a", "1234567", "12345678", "é", "0123456789abcdef"] {
            #expect(try string(before + written + "z") == before + meant + "z")
            #expect(try string(before + written + written) == before + meant + meant)
        }
    }

    @Test(arguments: [
        (#"\ud83d"#, "\u{FFFD}"), (#"\ude00"#, "\u{FFFD}"), (#"\ud83dx"#, "\u{FFFD}x"), (#"\ud83d\n"#, "\u{FFFD}\n"),
        (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
        (#"\ud83d\\ude00"#, "\u{FFFD}\\ude00"), (#"\ud83d😀"#, "\u{FFFD}😀"), (#"\uDFFF"#, "\u{FFFD}"),
    ])
    func `a lone surrogate becomes the replacement character`(written: String, meant: String) throws {
        #expect(try string(written) == meant)
    }

    @Test func `every code unit of two bytes is resolved like the standard library does`() throws {
        for unit in UInt16.min...UInt16.max {
            let digits = String(unit, radix: 16)
            let written = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            #expect(try string(written)?.utf8.elementsEqual(String(decoding: [unit], as: UTF16.self).utf8) == true)
        }
    }

    @Test func `a text without escapes comes back whole, long or short`() throws {
        for count in [0, 1, 15, 16, 1000] {
            let text = String(repeating: "é", count: count)
            #expect(try string(text) == text)
        }
    }
}
