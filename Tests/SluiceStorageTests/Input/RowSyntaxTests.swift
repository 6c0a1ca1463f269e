import SluiceCore
import SluiceStorage
import Testing

@Suite struct RowSyntaxTests {
    @Test(arguments: [
        #"{"a":1}"#, #" [1,2] "#, #""text""#, "plain text", "17", "true", "null", "-", "naïve — \u{1F600}",
        "\u{85}", "tru{e",
    ])
    func `JSON and plain text are rows`(row: String) {
        #expect(RowSyntax.defect(in: Bytes(row), plainText: true) == nil)
    }

    @Test(arguments: [#"{"a":1"#, #"{"a":1}}"#, "[1,", #""open"#, #""said" she"#, " {x}", "{\"a\":\"\u{01}\"}"])
    func `what begins like JSON must be JSON`(row: String) {
        #expect(RowSyntax.defect(in: Bytes(row), plainText: true)?.hasPrefix("not valid JSON") == true)
    }

    @Test func `bytes that are not UTF-8 are no row, in text as in JSON`() {
        #expect(RowSyntax.defect(in: Bytes([0x61, 0xC3]), plainText: true) == "not valid UTF-8")
        #expect(RowSyntax.defect(in: Bytes([0xED, 0xA0, 0x80]), plainText: true) == "not valid UTF-8")
        let json: [UInt8] = Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8)
        #expect(RowSyntax.defect(in: Bytes(json), plainText: true)?.contains("UTF-8") == true)
    }

    @Test func `without plain text only objects, arrays and strings are rows`() {
        #expect(RowSyntax.defect(in: Bytes("hello"), plainText: false) != nil)
        #expect(RowSyntax.defect(in: Bytes("17"), plainText: false) != nil)
        #expect(RowSyntax.defect(in: Bytes(#""hello""#), plainText: false) == nil)
    }
}
