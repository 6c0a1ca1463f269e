import SluiceCore
import Testing

@Suite struct JSONPartsTests {
    @Test func `a member is found and its neighbours stay as they are`() throws {
        let json = try JSON.parse(Bytes(#" {"a": [1, {"b":"}"}], "c":"x\n\ud83d\ude00", "d": 1.50e3} "#))
        #expect(json["a"]?.raw.text == #"[1, {"b":"}"}]"#)
        #expect(json["c"]?.string == "x\n😀")
        #expect(json["d"]?.double == 1500)
        #expect(json["d"]?.raw.text == "1.50e3")
        #expect(json["b"] == nil)
    }

    @Test func `of several members with one name the last counts`() throws {
        let json = try JSON.parse(Bytes(#"{"a":1,"b":2,"a":3,"\u0061":4,"b":null}"#))
        #expect(json["a"]?.int == 4)
        #expect(json["b"]?.isNull == true)
        #expect(json.members.map(\.text) == ["a", "b", "a", "a", "b"])
    }

    @Test(arguments: [
        (#"\u0061b"#, "ab"), (#"\"q\""#, "\"q\""), (#"\\"#, "\\"), (#"\ud83d\ude00"#, "😀"), (#"a\/b"#, "a/b"), ("", ""),
        (#"\ud83d"#, "\u{FFFD}"), (#"\u0000"#, "\0"),
    ])
    func `a name is compared by what its escapes stand for`(written: String, meant: String) throws {
        let json = try JSON.parse(Bytes(#"{"\#(written)":1}"#))
        #expect(json[meant]?.int == 1)
        #expect(json.members.first?.hasName(meant) == true)
        #expect(json.members.first?.text == meant)
        #expect(json[meant + "x"] == nil)
        #expect(json["x"] == nil)
        #expect(written == meant || json[written] == nil)
    }

    @Test func `names are compared by their bytes and not by how they look`() throws {
        let json = try JSON.parse(Bytes("{\"e\u{301}\":1}"))
        #expect(json["e\u{301}"]?.int == 1)
        #expect(json["\u{E9}"] == nil)
        #expect(json.members.first?.isNamed("\u{E9}") == false)
    }

    @Test(arguments: ["{}", "{ }", "{\n\t}", "[]", "[ ]", "[\r\n]"])
    func `an empty object or array has no parts`(text: String) throws {
        let json = try JSON.parse(Bytes(text))
        #expect(json.members.isEmpty)
        #expect(json.elements.isEmpty)
        #expect(json.first == nil)
        #expect(json[""] == nil)
    }

    @Test(arguments: ["1", "-1.5", "true", "null", "\"{}\"", #""[1]""#])
    func `a scalar has no parts`(text: String) throws {
        let json = try JSON.parse(Bytes(text))
        #expect(json.members.isEmpty)
        #expect(json.elements.isEmpty)
        #expect(json.first == nil)
        #expect(json["a"] == nil)
    }

    @Test func `elements come in order, each with its own bytes`() throws {
        let json = try JSON.parse(Bytes(#"[ 1 ,"a,]\"", [2,[3]] ,{"b":[4]} , null,-0.0e1 ]"#))
        #expect(json.elements.map(\.raw.text) == ["1", #""a,]\"""#, "[2,[3]]", #"{"b":[4]}"#, "null", "-0.0e1"])
        #expect(json.first?.raw.text == "1")
        #expect(json.elements[2].elements[1].first?.int == 3)
    }

    @Test func `a member knows where it stands, so that it can be cut out`() throws {
        let json = try JSON.parse(Bytes(#"  { "a" : 1 , "sluice":{"id":"}"} ,"b":2}"#))
        let member = try #require(json.members.first { $0.isNamed("sluice") })
        #expect(json.raw[member.range].text == #""sluice":{"id":"}"}"#)
        #expect(json.raw[0..<member.range.lowerBound].text == #"{ "a" : 1 , "#)
        #expect(json.raw[member.range.upperBound..<json.raw.count].text == #" ,"b":2}"#)
    }

    @Test func `each kind of value is told apart`() throws {
        let json = try JSON.parse(Bytes(#"[{},[],"",0,-1,true,false,null]"#))
        #expect(json.elements.map(\.kind) == [.object, .array, .string, .number, .number, .bool, .bool, .null])
        #expect(json.elements.map(\.isNull) == [false, false, false, false, false, false, false, true])
    }

    /// The walks only ever see text that was validated; if that were ever untrue, they must still stay inside.
    @Test(arguments: [
        "\"", "\"\\", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\": ", "{\"a\":,", "{\"a\":}", "{\"a\"}", "{\"\\",
        "[", "[ ", "[,",
        "[}", "[1", "[1 2", "[\"", "[\"a", "[[", "[{\"a\":[", "-", "t", "}", "]", ",", ":", " ", "[\"\\u", "[\"\\u12",
        "[\"\\ud83d\\u", "[\"\\ud83d\\ude", "{\"\\u00\":1}",
    ])
    func `text that is not JSON makes the walks end early but never leave the bytes`(text: String) {
        // Further bytes behind the window that would go on with the text.
        let framed = Bytes("\"\"" + text + "\":\"]}\\\"0")[2..<text.utf8.count + 2]
        let json = JSON(trusted: framed)
        #expect(walk(json) == walk(JSON(trusted: Bytes(text))))
    }

    private func walk(_ json: JSON) -> [String] {
        var found = [json.raw.text, "\(json.kind)", json.string ?? "-", json.int.map(String.init) ?? "-"]
        found.append(json["a"]?.raw.text ?? "-")
        for member in json.members { found += [member.text] + walk(member.value) }
        for element in json.elements { found += walk(element) }
        return found
    }
}
