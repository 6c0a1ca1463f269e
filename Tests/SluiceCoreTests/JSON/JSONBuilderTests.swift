import SluiceCore
import Testing

@Suite struct JSONBuilderTests {
    private func built(_ write: (inout JSONBuilder) -> Void) throws -> JSON {
        var builder = JSONBuilder()
        write(&builder)
        return try JSON.parse(Bytes(builder.bytes))
    }

    @Test func `members and elements get their commas by themselves`() throws {
        let json = try built {
            $0.beginObject()
            $0.key("a")
            $0.value(1)
            $0.key("b")
            $0.beginArray()
            $0.value("x")
            $0.value(true)
            $0.null()
            $0.beginObject()
            $0.endObject()
            $0.beginArray()
            $0.endArray()
            $0.value(-2)
            $0.endArray()
            $0.key("c")
            $0.raw(Bytes("[ 1.50 ]"))
            $0.key("d")
            $0.value(false)
            $0.endObject()
        }
        #expect(json.raw.text == #"{"a":1,"b":["x",true,null,{},[],-2],"c":[ 1.50 ],"d":false}"#)
    }

    @Test func `raw members join the others, and an empty run of them leaves no comma`() throws {
        let json = try built {
            $0.beginObject()
            $0.rawMembers(Bytes(""))
            $0.rawMembers(Bytes(#""a": 1, "b":2"#))
            $0.rawMembers(Bytes(""))
            $0.key("c")
            $0.value(3)
            $0.endObject()
        }
        #expect(json.raw.text == #"{"a": 1, "b":2,"c":3}"#)
    }

    @Test func `every character of the Latin block comes back at every place of a text`() throws {
        for scalar in (UInt8.min...UInt8.max).map({ Unicode.Scalar($0) }) {
            for before in 0..<17 {
                let text =
                    String(repeating: "é", count: before % 2) + String(repeating: "x", count: before) + "\(scalar)y"
                let json = try built {
                    $0.beginObject()
                    $0.key(text)
                    $0.value(text)
                    $0.endObject()
                }
                #expect(json.members.first?.text == text)
                #expect(json.members.first?.value.string == text)
            }
        }
    }

    @Test(arguments: [
        "", "\"", "\\", "\\\"", "\\n", "\n\r\t\u{8}\u{C}\0\u{1F}\u{7F}", "😀", "\u{10FFFF}", "\u{FFFF}", "👩‍👩‍👧‍👦", "e\u{301}",
        "\u{2028}\u{2029}", "中文，日本語", "a\u{0}b", "</script>", "\r\n", "\u{FEFF}x",
    ])
    func `a text comes back as it was`(text: String) throws {
        for copies in [1, 2, 30] {
            let long = String(repeating: text, count: copies)
            let json = try built { $0.value(long) }
            #expect(json.string.map { Array($0.utf8) } == Array(long.utf8))
        }
    }

    @Test func `a text is written in the shortest common form`() throws {
        let json = try built { $0.value("a\"\\/\n\r\t\u{8}\u{1B}é😀") }
        #expect(json.raw.text == #""a\"\\/\n\r\t\u0008\u001bé😀""#)
    }

    @Test(arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890, Int.max, Int.min])
    func `a whole number comes back`(number: Int) throws {
        let json = try built { $0.value(number) }
        #expect(json.raw.text == "\(number)")
        #expect(json.int == number)
    }

    @Test(arguments: [
        0, -0.0, 0.1, 1, -1.5, 1e16, 1e-7, 123_456_789.123_456_78, Double.leastNonzeroMagnitude,
        Double.greatestFiniteMagnitude, 0.0000123,
    ])
    func `a number comes back to the last bit`(number: Double) throws {
        let json = try built { $0.value(number) }
        #expect(json.double?.bitPattern == number.bitPattern)
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func `a number that JSON cannot hold becomes null`(number: Double) throws {
        let json = try built {
            $0.beginArray()
            $0.value(number)
            $0.value(1)
            $0.endArray()
        }
        #expect(json.raw.text == "[null,1]")
    }

    @Test func `what is copied from a parsed document stays byte for byte`() throws {
        let source = try JSON.parse(Bytes(#"{"n": 1.0000000000000000001, "s": "\u00e9\/", "o": { "x" : [ ] }}"#))
        let copy = try built { builder in
            builder.beginObject()
            for member in source.members {
                builder.key(member.text)
                builder.raw(member.value.raw)
            }
            builder.endObject()
        }
        #expect(copy.raw.text == #"{"n":1.0000000000000000001,"s":"\u00e9\/","o":{ "x" : [ ] }}"#)
    }
}
