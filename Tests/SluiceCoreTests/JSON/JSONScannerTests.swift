import SluiceCore
import Testing

@Suite struct JSONScannerTests {
    @Test(arguments: [
        "0", "-0", "1", "-1", "12", "1.5", "-0.5", "0.0", "1e5", "1E5", "1e+5", "1e-5", "0e0", "1.25e10", "1e400",
        "-1e-400", "123456789012345678901234567890", "true", "false", "null", "\"\"", "\"a\"", "{}", "[]", "{ }", "[ ]",
        " 1 ", "\t\r\n 1\t\r\n ", "[1]", "[1,2]", "[ 1 , 2 ]", "[[],{},[{}]]", #"{"a":1}"#, #"{"a":1,"b":2}"#,
        #" { "a" : [ 1 , { "b" : null } ] } "#, #"{"":0}"#, #"{"a":1,"a":2}"#, #"{"\u0061":1}"#, "[0,-0,0.1]",
        #""\"\\\/\b\f\n\r\t\u0000\uFFFF""#, "\"\u{7F}\"", "\"\u{FEFF}\"", "\"\u{2028}\"",
    ])
    func `everything in the grammar is accepted and comes back without its outer blanks`(text: String) throws {
        let trimmed = text.drop { " \t\r\n".contains($0) }.reversed().drop { " \t\r\n".contains($0) }.reversed()
        #expect(try JSON.parse(Bytes(text)).raw == Bytes(String(trimmed)))
    }

    @Test(arguments: [
        "", " ", "\n", "\u{FEFF}1", "\u{A0}1", "\u{0C}1", "\u{0B}1", "01", "-01", "00", "+1", "-", "--1", "- 1", ".5",
        "5.", "1.e5", "1e", "1e+", "1e-", "1e 5", "1ee5", "1.2.3", "1e5.5", "0x10", "1_000", "1,", "NaN", "Infinity",
        "-Infinity", "inf", "nul", "nulll", "nUll", "True", "TRUE", "tru", "truee", "fals", "undefined", "a", "'a'",
        "\"", "\"a", "a\"", "\"a\"b", "{", "}", "[", "]", "[1", "[1,", "[,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1}",
        "{]", "{1:2}", "{a:1}", "{'a':1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":1,}"#, #"{,"a":1}"#,
        #"{"a" 1}"#, #"{"a"::1}"#, #"{"a":1 "b":2}"#, #"{"a":1,,"b":2}"#, #"{"a":1]"#, #"{"a":1:2}"#, #"{null:1}"#,
        "1 2", "{}{}", "[]]", "{}}", "[] x", "null null", "//c\n1", "/**/1", "1 //c", "1\0", "\0", ",", ":", "\\",
        "[-]",
        "[1e]", "[tru]", "[\"a]",
    ])
    func `everything outside the grammar is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSON.parse(Bytes(text)) }
    }

    @Test(arguments: [
        ("", 0, "expected a value"), ("   ", 3, "expected a value"), ("[1,]", 3, "expected a value"),
        ("[1 2]", 3, "expected ',' or ']'"), (#"{"a" 1}"#, 5, "expected ':'"), (#"{"a":1,}"#, 7, "expected a name"),
        (#"{"a":1 x"#, 7, "expected ',' or '}'"), ("[1] x", 4, "unexpected text after the value"),
        ("1.x", 2, "expected a digit"), ("1ex", 2, "expected a digit"), (#" "abc"#, 1, "string without an end"),
        (#"["\x"]"#, 2, "bad escape"), (#"["\u12G4"]"#, 2, #"bad \u escape"#),
        ("[\"a\nb\"]", 3, "control character in a string"),
    ])
    func `an error says what is wrong and where`(text: String, offset: Int, message: String) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(Bytes(text)) }
        #expect(error?.offset == offset)
        #expect(error?.message == message)
    }

    @Test func `a document that is cut off anywhere is refused`() throws {
        let text = #"{"k\u00e9y": [true, false, null, -12.5e+3, 0], "ü中😀": {"x": "a\\\"\n\ud83d\ude00"}, "": [[], {}]}"#
        let whole = Array(text.utf8)
        #expect(try JSON.parse(Bytes(whole)).members.count == 3)
        for count in 0..<whole.count {
            let error = #expect(throws: JSONError.self) { try JSON.parse(Bytes(whole)[0..<count]) }
            #expect((0...count).contains(error?.offset ?? -1))
        }
    }

    @Test func `each byte of a document exchanged for each other byte is judged like the second parser does`() {
        let whole = Array(#"{"k":[true,-1.5e+3,"a\n\u00e9é中😀"],"":{}}"#.utf8)
        for at in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = whole
                changed[at] = byte
                let accepted = (try? JSON.parse(Bytes(changed))) != nil
                #expect(accepted == (ReferenceJSON.parse(changed) != nil), "byte \(at) as \(byte)")
            }
        }
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}"), ("[{\"a\":", "}]")])
    func `nesting of 128 is accepted and of 129 refused`(open: String, close: String) {
        let levels = open.utf8.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        func nested(_ depth: Int) -> Bytes {
            let full = depth / levels
            let rest = depth % levels == 0 ? "0" : "[0]"
            return Bytes(String(repeating: open, count: full) + rest + String(repeating: close, count: full))
        }
        #expect(throws: Never.self) { try JSON.parse(nested(128)) }
        let error = #expect(throws: JSONError.self) { try JSON.parse(nested(129)) }
        #expect(error?.message == "nested too deeply")
    }

    @Test(arguments: ["[", #"{"a":"#, "[[],", #"{"a":{},"b":"#])
    func `nesting of 100000 is refused without a crash`(open: String) {
        let error = #expect(throws: JSONError.self) {
            try JSON.parse(Bytes(String(repeating: open, count: 100_000)))
        }
        #expect(error?.message == "nested too deeply")
    }

    @Test func `neighbours do not count as nesting`() {
        let text = "[" + String(repeating: "[[]],", count: 10_000) + "[]]"
        #expect(throws: Never.self) { try JSON.parse(Bytes(text)) }
    }

    @Test func `a part of other bytes is read up to its own end`() throws {
        let bytes = Bytes(#"99[1,2]"]}"#)
        #expect(try JSON.parse(bytes[2..<7]).raw.text == "[1,2]")
        #expect(throws: JSONError.self) { try JSON.parse(bytes[2..<6]) }
        #expect(throws: JSONError.self) { try JSON.parse(bytes[2..<8]) }
        #expect(try JSON.parse(bytes[1..<2]).int == 9)
        #expect(throws: JSONError.self) { try JSON.parse(bytes[3..<3]) }
    }
}
