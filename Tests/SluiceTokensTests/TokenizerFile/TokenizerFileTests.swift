import SluiceCore
import SluiceTokens
import Testing

@Suite struct TokenizerFileTests {
    /// A file with all bytes and a few merges; ids are not the ranks.
    private func file(
        merges: [String] = [#""h e""#, #""l l""#, #""he ll""#, #""Ġ he""#, #""Ã ©""#], normalizer: String = "null",
        splitter: String = #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}"#, model: String = ""
    ) -> Bytes {
        var letters: [String] = []
        var next: UInt32 = 0x100
        for byte in UInt32(0)...255 {
            let isItself = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            let scalar = Unicode.Scalar(isItself ? byte : next) ?? " "
            if !isItself { next += 1 }
            letters.append(String(scalar))
        }
        let made = ["he", "ll", "hell", "Ġhe", "Ã©"]
        let vocab = (letters + made).enumerated().map { index, text in
            "\(text == "\"" || text == "\\" ? "\"\\\(text)\"" : "\"\(text)\""):\(index + 1000)"
        }
        return Bytes(
            """
            {"version":"1.0","added_tokens":[{"id":7,"content":"<s>","special":true}],"normalizer":\(normalizer),
            "pre_tokenizer":\(splitter),"model":{"type":"BPE","vocab":{\(vocab.joined(separator: ","))},
            "merges":[\(merges.joined(separator: ","))]\(model)}}
            """)
    }

    private func encode(_ file: Bytes, _ text: String) throws -> [Int] {
        var counter = Counter(try Encoding(tokenizerFile: file, path: "t.json"))
        let ids = counter.encode(text)
        #expect(counter.count(text) == ids.count)
        return ids
    }

    @Test func `merges are made in their order, and ids are those of the file`() throws {
        // "hell" is 1258, " he" 1259; "l" 1108, "o" 1111.
        #expect(try encode(file(), "hello he") == [1258, 1111, 1259])
        #expect(try encode(file(), "hell") == [1258])
        let encoding = try Encoding(tokenizerFile: file(), path: "t.json")
        #expect(encoding.decode([1258, 1111, 1259]) == "hello he")
        #expect(encoding.decode([7]) == "<s>")
        #expect(encoding.decode([5]) == nil)
    }

    @Test func `special tokens in a text are ordinary text`() throws {
        #expect(try encode(file(), "<s>").count == 3)
    }

    @Test func `normal form C composes before it counts`() throws {
        #expect(try encode(file(), "e\u{301}").count == 3)
        #expect(try encode(file(normalizer: #"{"type":"NFC"}"#), "e\u{301}") == [1260])
    }

    @Test(arguments: [
        ("normalizer", "NFKC"), ("splitter", "the split pattern"), ("model", "byte_fallback"), ("model", "WordPiece"),
        ("merges", "made later"), ("merges", "out of turn"), ("splitter", "add_prefix_space"),
        ("splitter", "Metaspace"),
    ])
    func `what would not be exact is refused by its name`(_ part: String, _ name: String) throws {
        let content =
            switch name {
            case "NFKC": file(normalizer: #"{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"NFKC"}]}"#)
            case "byte_fallback": file(model: #","byte_fallback":true"#)
            case "WordPiece": file(model: #","type":"WordPiece""#)
            case "made later": file(merges: [#""he ll""#, #""h e""#, #""l l""#])
            case "out of turn": file(merges: [#""h e""#, #""l l""#, #""h e""#])
            case "add_prefix_space": file(splitter: #"{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}"#)
            case "Metaspace": file(splitter: #"{"type":"Metaspace"}"#)
            default:
                file(
                    splitter: """
                        {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\\\w+"},"behavior":"Isolated",
                        "invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}
                        """)
            }
        let error = #expect(throws: SluiceError.self) { try Encoding(tokenizerFile: content, path: "t.json") }
        let message = try #require(error?.message)
        #expect(message.contains(name) || name == "Metaspace" && message.contains("ByteLevel"), "\(message)")
        #expect(error?.file == "t.json")
    }
}
