import SluiceCore
import Testing

@Suite struct SingleLineTests {
    @Test(arguments: [
        ("{\n  \"a\": [\r\n1]\n}", "{   \"a\": [  1] }"), ("[1,2]", "[1,2]"), ("\n\"a\"", " \"a\""),
        (#""a\nb""#, #""a\nb""#), ("", ""),
    ])
    func `what breaks lines between tokens becomes blanks`(text: String, line: String) {
        #expect(Bytes(text).singleLine.text == line)
        #expect(Bytes("x" + text + "x")[1..<text.utf8.count + 1].singleLine.text == line)
    }
}
