import SluiceTokens
import Testing

@Suite struct CounterCutTests {
    private let texts = [
        String(repeating: "The quick brown fox doesn't jump. ", count: 20), String(repeating: "汉字和標點，以及。", count: 40),
        String(repeating: "👩‍👩‍👧‍👦 e\u{301}", count: 30), "one\ntwo\n\nthree   four\r\n\r\nfive",
        String(repeating: "x", count: 900),
    ]

    @Test func `a cut text keeps to the limit, is a beginning, and could not be much longer`() async {
        for encoding in [Encoding.o200kBase, .cl100kBase, .r50kBase] {
            var counter = Counter(encoding)
            for text in texts {
                let all = counter.count(text)
                for limit in [0, 1, 2, 3, 5, 8, 13, 40, all - 1, all, all + 1] where limit >= 0 {
                    await Task.yield()
                    let cut = counter.truncate(text, toTokens: limit)
                    #expect(counter.count(cut) <= limit)
                    #expect(text.utf8.starts(with: cut.utf8))
                    if limit >= all { #expect(cut == text) }
                    // Four bytes of a character may be four tokens, which a cut between characters leaves out.
                    if limit < all { #expect(counter.count(cut) > limit - 8) }
                }
            }
        }
    }

    @Test(arguments: ChunkBoundary.allCases)
    func `chunks make the text again and keep to their size`(_ boundary: ChunkBoundary) async {
        var counter = Counter(.o200kBase)
        for text in texts {
            for size in [4, 7, 50] {
                await Task.yield()
                let chunks = counter.split(text, intoChunksOf: size, at: boundary)
                #expect(chunks.joined() == text)
                for chunk in chunks where chunk.unicodeScalars.count > 1 { #expect(counter.count(chunk) <= size) }
            }
        }
        #expect(counter.split("", intoChunksOf: 3, at: boundary).isEmpty)
    }

    @Test func `chunks end at the boundary that was asked for, where there is one`() {
        var counter = Counter(.o200kBase)
        let text = "first line\nsecond line\n\nthird line\nfourth line\n"
        for chunk in counter.split(text, intoChunksOf: 7, at: .line) { #expect(chunk.hasSuffix("\n")) }
        let words = counter.split("alpha beta gamma delta", intoChunksOf: 2, at: .word)
        for word in words.dropLast() { #expect(word.hasSuffix(" ")) }
    }
}
