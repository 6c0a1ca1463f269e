import SluiceCore
import Testing

@Suite struct JSONScannerStringsTests {
    private func isAccepted(_ inside: [UInt8]) -> Bool {
        (try? JSON.parse(Bytes([0x22] + inside + [0x22]))) != nil
    }

    @Test func `control characters are refused in a string wherever they stand`() {
        for byte in UInt8(0)..<0x20 {
            for before in 0..<18 {
                let inside =
                    [UInt8](repeating: 0x61, count: before) + [byte] + [UInt8](repeating: 0x62, count: 17 - before)
                #expect(!isAccepted(inside), "\(byte) after \(before) letters")
            }
        }
    }

    @Test func `all other single bytes of ASCII are accepted as they are`() throws {
        for byte in UInt8(0x20)..<0x80 where byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
            let inside = [UInt8](repeating: byte, count: 19)
            let json = try JSON.parse(Bytes([0x22] + inside + [0x22]))
            #expect(json.string == String(decoding: inside, as: UTF8.self))
        }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC2, 0xC2, 0x80],
            [0xDF, 0xC0],
            [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0], [0xE1, 0x80], [0xE1, 0x80, 0x41], [0xE1, 0x41, 0x80],
            [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF],
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80],
            [0xF0, 0x90, 0x80, 0x41], [0xF0, 0x90, 0x41, 0x80], [0xF1, 0x80], [0xF3], [0xF4, 0x90, 0x80, 0x80],
            [0xF4, 0x8F, 0xBF], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC], [0xFE], [0xFF],
            [0xC3, 0xA9, 0x80], [0xE4, 0xB8, 0xAD, 0xE4, 0xB8],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused in strings and names at every alignment`(bad: [UInt8]) {
        for before in 0..<10 {
            for after in [0, 1, 8] {
                let inside = [UInt8](repeating: 0x61, count: before) + bad + [UInt8](repeating: 0x62, count: after)
                #expect(!isAccepted(inside))
                let name = Array(#"{""#.utf8) + inside + Array(#"":1}"#.utf8)
                #expect(throws: JSONError.self) { try JSON.parse(Bytes(name)) }
            }
        }
        // Cut off by the end of the bytes instead of by a quote.
        #expect(throws: JSONError.self) { try JSON.parse(Bytes([0x22] + bad)) }
        // Outside a string no such byte belongs at all.
        #expect(throws: JSONError.self) { try JSON.parse(Bytes(bad)) }
        #expect(throws: JSONError.self) { try JSON.parse(Bytes([0x31] + bad)) }
    }

    @Test func `every pair of a lead byte and a second byte is judged as the standard library does`() {
        for lead in UInt8(0x80)...0xFF {
            for second in UInt8(0x20)...0xFF where second != 0x22 && second != 0x5C {
                for tail in [[], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80]] as [[UInt8]] {
                    let inside = [lead, second] + tail
                    let isUTF8 = String(validating: inside, as: UTF8.self) != nil
                    #expect(isAccepted(inside) == isUTF8, "\(inside)")
                }
            }
        }
    }

    @Test(arguments: [
        "\u{80}", "\u{7FF}", "\u{800}", "\u{FFF}", "\u{1000}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{FFFE}",
        "\u{FFFF}",
        "\u{10000}", "\u{3FFFF}", "\u{40000}", "\u{FFFFF}", "\u{100000}", "\u{10FFFF}",
    ])
    func `the first and last character of each length pass unchanged`(character: String) throws {
        for count in 1...12 {
            let text = String(repeating: character, count: count)
            let json = try JSON.parse(Bytes("\"\(text)a\""))
            #expect(Array((json.string ?? "").utf8) == Array("\(text)a".utf8))
        }
    }

    @Test(arguments: [
        #"\"#, #"\a"#, #"\x41"#, #"\0"#, #"\'"#, #"\U0041"#, #"\u"#, #"\u1"#, #"\u12"#, #"\u123"#, #"\u123G"#,
        #"\uG123"#,
        #"\u 123"#, #"\u-123"#, #"\u+123"#, #"\u{41}"#, "\\\n", "\\é", #"\u００４１"#, #"\\\"#,
    ])
    func `what is no escape is refused`(inside: String) {
        for before in 0..<10 { #expect(!isAccepted(Array((String(repeating: "a", count: before) + inside).utf8))) }
        #expect(throws: JSONError.self) { try JSON.parse(Bytes("\"" + inside)) }
    }

    @Test func `a string ends at its quote at every length and alignment`() throws {
        for before in 0..<9 {
            for count in 0..<40 {
                let text = String(repeating: "x", count: count)
                let json = try JSON.parse(
                    Bytes(String(repeating: " ", count: before) + #"["\#(text)","\#(text)\\","\""]"#))
                #expect(json.elements.map(\.string) == [text, text + "\\", "\""])
            }
        }
    }

    @Test func `a special byte is found at every place of a long string`() throws {
        for count in 1..<34 {
            for at in 0..<count {
                for (written, meant) in [(#"\""#, "\""), (#"\\"#, "\\"), (#"\u00e9"#, "é"), ("é", "é"), ("😀", "😀")] {
                    let before = String(repeating: "}", count: at)
                    let after = String(repeating: "]", count: count - at)
                    let json = try JSON.parse(Bytes(#"{"a":"\#(before + written + after)","b":1}"#))
                    #expect(json["a"]?.string == before + meant + after)
                    #expect(json["b"]?.int == 1)
                }
            }
        }
    }
}
