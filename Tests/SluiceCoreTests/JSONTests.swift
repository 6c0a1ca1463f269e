import SluiceCore
import Testing

@Suite struct JSONTests {
    @Test func `a member is found and its neighbours stay as they are`() throws {
        let json = try JSON.parse(Bytes(#" {"a": [1, {"b":"}"}], "c":"x\n\ud83d\ude00", "d": 1.50e3} "#))
        #expect(json["a"]?.raw.text == #"[1, {"b":"}"}]"#)
        #expect(json["c"]?.string == "x\n😀")
        #expect(json["d"]?.double == 1500)
    }
}
